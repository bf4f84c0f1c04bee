//===- table_values.cpp - what tables hold ----------------------*- C++ -*-===//

#include "passes/lower/table_values.h"

#include <exception>

namespace spherical {

TableValues tableValues(const runtime::TableSpec &spec, int64_t expectedSize) {
  TableValues values;
  try {
    values.size = runtime::tableSize(spec);
    if (spec.element == runtime::Element::I32 && values.size == expectedSize) {
      values.numbers.resize(values.size);
      runtime::fillTable(spec, values.numbers.data());
    }
  } catch (const std::exception &error) {
    values.failure = error.what();
  }
  return values;
}

} // namespace spherical
