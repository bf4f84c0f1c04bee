//===- idx.h - labelled images in IDX files ---------------------*- C++ -*-===//
//
// The format of MNIST: big-endian header (0, 0, type, axes; extents), then the
// values; plain or gzip-compressed. (http://yann.lecun.com/exdb/mnist)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_IDX_H
#define SPHERICAL_RUNTIME_DATA_IDX_H

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace spherical::runtime {

/// Unsigned bytes in C order.
struct IdxArray {
  std::vector<int64_t> shape;
  std::vector<uint8_t> values;
};

/// Reads a file of unsigned bytes, gzip-compressed or not. Throws std::runtime_error with the
/// reason if it cannot be read, is no IDX file of unsigned bytes with 1 to 4 axes, is truncated
/// or has bytes left over. Memory grows with what the file holds, not with what it claims.
IdxArray readIdx(const std::string &path);

/// Writes `array`, gzip-compressed if the path ends in ".gz", in one step (files.h).
void writeIdx(const std::string &path, const IdxArray &array);

/// Images of one size, each with the number of its class. Row 0 is the top, column 0 the left.
struct LabelledImages {
  int64_t count = 0;
  int64_t rows = 0;
  int64_t columns = 0;
  std::vector<uint8_t> pixels; ///< [count][rows][columns]
  std::vector<uint8_t> labels; ///< [count]

  /// The pixels of image `index`, 0 <= index < count.
  std::span<const uint8_t> image(int64_t index) const {
    const int64_t size = rows * columns;
    return std::span(pixels).subspan(index * size, size);
  }

  /// The images with the given indices, in that order.
  LabelledImages select(std::span<const int64_t> indices) const;
};

/// The two parts of a data set as published.
enum class Split { Train, Test };

/// Reads `train-images-idx3-ubyte` and `train-labels-idx1-ubyte` (for tests `t10k-...`) from
/// `directory`; each may end in ".gz" and may have a dot before "idx". Throws std::runtime_error
/// that lists the files looked for if one is missing, and for files that do not fit each other.
LabelledImages readLabelledImages(const std::string &directory, Split split);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_IDX_H
