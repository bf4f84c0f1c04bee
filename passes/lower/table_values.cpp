//===- table_values.cpp - what tables hold ----------------------*- C++ -*-===//

#include "passes/lower/table_values.h"

#include <exception>

namespace spherical {

TableValues tableValues(const runtime::TableSpec &spec, int64_t expectedSize) {
  TableValues values;
  try {
    values.size = runtime::tableSize(spec);
    if (values.size != expectedSize)
      return values;
    if (spec.element == runtime::Element::I32) {
      values.indices.resize(values.size);
      runtime::fillTable(spec, values.indices.data());
    }
    if (spec.element == runtime::Element::I64) {
      values.problems.resize(values.size / runtime::kProblemFieldCount);
      runtime::fillTable(spec, values.problems.data());
    }
  } catch (const std::exception &error) {
    values.failure = error.what();
  }
  return values;
}

} // namespace spherical
