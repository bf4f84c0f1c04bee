//===- footprint.h - what a library call reads or writes --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_EMULATION_FOOTPRINT_H
#define SPHERICAL_TOOLS_EMULATION_FOOTPRINT_H

#include <cstdint>
#include <string>

namespace spherical::emulation {

/// Elements in device memory: `items` transforms or matrices of `rows` rows of `columns` elements
/// of `bytes` bytes. Steps are bytes from one to the next; the elements of an item are apart.
struct Footprint {
  std::string name; ///< of the argument
  uintptr_t begin = 0;
  int64_t items = 1, rows = 1, columns = 1;
  int64_t itemStep = 0, rowStep = 0, columnStep = 0;
  int64_t bytes = 4; ///< a multiple of 4

  /// From the first byte to behind the last one, as a number that cannot overflow.
  double spanAsNumber() const;
  int64_t span() const {
    return (items - 1) * itemStep + (rows - 1) * rowStep + (columns - 1) * columnStep + bytes;
  }
  uintptr_t end() const { return begin + span(); }

  /// Calls visit(address) for the elements in order, until it returns false. Returns whether it
  /// never did.
  template <typename Visit> bool forEach(Visit visit) const {
    for (int64_t item = 0; item < items; ++item)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t column = 0; column < columns; ++column)
          if (!visit(begin + item * itemStep + row * rowStep + column * columnStep))
            return false;
    return true;
  }

  /// The least number of another item that has an element in common with item 0; 0 if there is
  /// none.
  int64_t firstOverlap() const;
  /// Whether some word of 4 bytes belongs to both.
  bool overlaps(const Footprint &other) const;
};

/// All bytes from an address on.
Footprint wholeFootprint(const std::string &name, const void *memory, int64_t bytes);

} // namespace spherical::emulation

#endif // SPHERICAL_TOOLS_EMULATION_FOOTPRINT_H
