//===- tables.h - constant tables of compiled programs ----------*- C++ -*-===//
//
// Compiled programs name the constants that they read (Wigner functions,
// quadrature weights, roots of unity, index lists) by kind and parameters; the
// runtime fills them at load, in fp64 inside. The same spec is an attribute in
// the IR and an object of the manifest.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_MATH_TABLES_H
#define SPHERICAL_RUNTIME_MATH_TABLES_H

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spherical::runtime {

/// Type of one element of a table or of a buffer.
enum class Element { F32, F64, I32, I64 };

/// Bytes of one element: 4 or 8.
constexpr int64_t elementBytes(Element element) {
  return element == Element::F32 || element == Element::I32 ? 4 : 8;
}

/// "f32", "f64", "i32" or "i64".
const char *elementName(Element element);

/// The element with the given name, or nothing for any other name.
std::optional<Element> parseElement(std::string_view name);

/// What a table holds. Kinds and their parameters: value_tables.cpp and index_tables.cpp.
struct TableSpec {
  std::string kind;
  Element element = Element::F32;
  std::map<std::string, int64_t> parameters;
  /// Kernel points in radians, flat: (beta, alpha) or (beta, alpha, gamma) for each point.
  std::vector<double> points;
  /// Factor on every value of the kernel tables.
  double scale = 1.0;

  bool operator==(const TableSpec &) const = default;

  /// The parameter `name`, a std::invalid_argument ("table 'roots' needs parameter 'n'") if absent
  /// or not in [least, most].
  int64_t parameter(const std::string &name, int64_t least, int64_t most) const;

  /// A text that is equal for equal specs only; points and scale enter with all their bits.
  std::string key() const;
};

/// Number of elements of the table. Throws std::invalid_argument for an unknown kind, an element
/// that the kind cannot hold, or missing or impossible parameters.
int64_t tableSize(const TableSpec &spec);

/// Bytes of the table, without padding. Throws as `tableSize`.
int64_t tableBytes(const TableSpec &spec);

/// Fills `out`, tableBytes(spec) bytes aligned for the element, with `threads` threads (0: one for
/// each core). Bits do not depend on `threads`. Throws as `tableSize`.
void fillTable(const TableSpec &spec, void *out, int threads = 0);

/// The two families behind `fillTable`: values of functions, and lists of indices with their
/// coefficients. The size is in elements, nothing if the kind belongs to the other family. `out` is
/// as for `fillTable`; errors are std::invalid_argument.
std::optional<int64_t> valueTableSize(const TableSpec &spec);
void fillValueTable(const TableSpec &spec, void *out, int threads);
std::optional<int64_t> indexTableSize(const TableSpec &spec);
void fillIndexTable(const TableSpec &spec, void *out);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_MATH_TABLES_H
