//===- kept_values.h - what a network keeps, in memory ----------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_KEPT_VALUES_H
#define SPHERICAL_RUNTIME_TRAIN_KEPT_VALUES_H

#include "runtime/train/executable.h"

#include <cstddef>
#include <optional>
#include <vector>

namespace spherical::runtime {

/// A copy of all kept values of a network.
class KeptCopy {
public:
  explicit KeptCopy(const Executable &executable);

  /// Sets the values of the same network to those of the copy.
  void restore(Executable &executable) const;

  /// Whether all numbers with a point are finite.
  bool isFinite() const;

private:
  std::vector<Element> elements;
  std::vector<std::vector<std::byte>> values;
};

/// The index in `kept()` of the average of the parameter at `index`; nothing if there is none.
std::optional<size_t> averageOf(const Executable &executable, size_t index);

/// While an object of this type lives, parameters of which averages are kept hold these. Nothing
/// may train meanwhile.
class AveragedParameters {
public:
  explicit AveragedParameters(Executable &executable);
  ~AveragedParameters();
  AveragedParameters(const AveragedParameters &) = delete;
  AveragedParameters &operator=(const AveragedParameters &) = delete;

private:
  struct Held {
    size_t index;
    std::vector<std::byte> values;
  };

  Executable &executable;
  std::vector<Held> parameters;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_KEPT_VALUES_H
