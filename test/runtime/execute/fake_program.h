//===- fake_program.h - hand-written compiled code --------------*- C++ -*-===//
//
// What the compiler would emit for a tiny model, written by hand:
//   prepare:     prepared.0 = 2 w
//   forward:     y[i] = x[i] prepared.0 + s, one task for each sample
//   train_step:  w' = w - lr mean_i x[i], s' = s + 1, m' = m + w, step' = step + 1,
//                loss = sum of labels
//   hash:        z[i] from i and a table, 1000 tasks in two stages
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TEST_RUNTIME_EXECUTE_FAKE_PROGRAM_H
#define SPHERICAL_TEST_RUNTIME_EXECUTE_FAKE_PROGRAM_H

#include "runtime/execute/program.h"

#include "nlohmann/json.hpp"

#include <type_traits>
#include <vector>

namespace spherical::runtime::fake {

/// Samples that the program takes at most, features of a sample, and size of z.
constexpr int64_t capacity = 4, width = 3, hashes = 1000;

/// The manifest, for tests to damage.
nlohmann::json manifest();

/// The entry with that symbol, or null.
void *lookup(const std::string &symbol);

std::unique_ptr<Program> load(const nlohmann::json &json = manifest());

/// How often `prepare` has run.
extern int prepareRuns;
/// Among how many workers the last `forward`, a short entry, was shared.
extern int64_t forwardWorkers;

/// An array that a test owns, with its name and shape.
template <typename T> struct Array {
  std::string name;
  std::vector<int64_t> shape;
  std::vector<T> values;

  operator BufferView() {
    const Element element = std::is_same_v<T, float>     ? Element::F32
                            : std::is_same_v<T, double>  ? Element::F64
                            : std::is_same_v<T, int32_t> ? Element::I32
                                                         : Element::I64;
    return {name, element, shape, values.data()};
  }
};

/// The sentence of the Error that `body` throws, after its status; "" if it throws none.
template <typename Body> std::string failure(sph_status status, const Body &body) {
  try {
    body();
  } catch (const Error &error) {
    return error.status() == status
               ? error.what()
               : "status " + std::to_string(error.status()) + ": " + error.what();
  }
  return "";
}

} // namespace spherical::runtime::fake

#endif // SPHERICAL_TEST_RUNTIME_EXECUTE_FAKE_PROGRAM_H
