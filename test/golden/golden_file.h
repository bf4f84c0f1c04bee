//===- golden_file.h - reference values in files ----------------*- C++ -*-===//
//
// data/README.md says what the files hold.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_GOLDEN_GOLDEN_FILE_H
#define SPHERICAL_TEST_GOLDEN_GOLDEN_FILE_H

#include <nlohmann/json.hpp>

#include <complex>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace spherical::golden {

/// A tensor of a file as doubles; complex values have a trailing axis of 2.
struct Tensor {
  std::vector<int64_t> shape;
  std::vector<double> values;

  /// Pairs of values as complex numbers.
  std::vector<std::complex<double>> asComplex() const;
};

/// One case. Remembers which tensors were read, so that a test can name the others.
class File {
public:
  /// Reads test/golden/data/<name>.safetensors; throws std::runtime_error with the reason.
  explicit File(const std::string &name);

  /// Returns the tensor and notes that it was read; throws std::runtime_error if there is none.
  const Tensor &read(const std::string &tensor) const;

  bool has(const std::string &tensor) const { return tensors.count(tensor) != 0; }
  /// Returns the names of all tensors in order, read or not.
  std::vector<std::string> names() const;
  /// Returns the names of the tensors that nobody has read.
  std::vector<std::string> unread() const;

  /// Changes the sign of one value, to show that it matters.
  void negate(const std::string &tensor, int64_t at) { tensors.at(tensor).values.at(at) *= -1; }

  /// The case's attributes; "op" names the operator.
  nlohmann::json attributes;

private:
  std::string path;
  std::map<std::string, Tensor> tensors;
  mutable std::set<std::string> visited;
};

/// Returns the names of all files in test/golden/data without ending, in order.
std::vector<std::string> fileNames();

/// Returns max |a - b| / max |b|, with 1 in place of max |b| where that is below 1e-300; infinity
/// if the lengths differ or a value of a is not a number.
double relativeError(const std::vector<double> &a, const std::vector<double> &b);
double relativeError(const std::vector<std::complex<double>> &a,
                     const std::vector<std::complex<double>> &b);

} // namespace spherical::golden

#endif // SPHERICAL_TEST_GOLDEN_GOLDEN_FILE_H
