//===- tables.cpp - constant tables of compiled programs --------*- C++ -*-===//

#include "runtime/math/tables.h"

#include <bit>
#include <stdexcept>
#include <thread>

namespace spherical::runtime {

const char *elementName(Element element) {
  switch (element) {
  case Element::F32:
    return "f32";
  case Element::F64:
    return "f64";
  case Element::I32:
    return "i32";
  case Element::I64:
    return "i64";
  }
  return "unknown";
}

std::optional<Element> parseElement(std::string_view name) {
  for (Element element : {Element::F32, Element::F64, Element::I32, Element::I64})
    if (name == elementName(element))
      return element;
  return std::nullopt;
}

int64_t TableSpec::parameter(const std::string &name, int64_t least, int64_t most) const {
  auto found = parameters.find(name);
  if (found == parameters.end())
    throw std::invalid_argument("table '" + kind + "' needs parameter '" + name + "'");
  if (found->second < least || found->second > most)
    throw std::invalid_argument("table '" + kind + "' expected parameter '" + name + "' in " +
                                std::to_string(least) + " .. " + std::to_string(most) + ", got " +
                                std::to_string(found->second));
  return found->second;
}

std::string TableSpec::key() const {
  std::string text = kind + " " + elementName(element);
  for (const auto &[name, value] : parameters)
    text += " " + name + "=" + std::to_string(value);
  text += " scale=" + std::to_string(std::bit_cast<uint64_t>(scale));
  for (double point : points)
    text += " " + std::to_string(std::bit_cast<uint64_t>(point));
  return text;
}

int64_t tableSize(const TableSpec &spec) {
  if (std::optional<int64_t> size = valueTableSize(spec))
    return *size;
  if (std::optional<int64_t> size = indexTableSize(spec))
    return *size;
  throw std::invalid_argument("unknown table kind '" + spec.kind + "'");
}

int64_t tableBytes(const TableSpec &spec) { return tableSize(spec) * elementBytes(spec.element); }

void fillTable(const TableSpec &spec, void *out, int threads) {
  if (threads <= 0)
    threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  if (valueTableSize(spec))
    fillValueTable(spec, out, threads);
  else if (indexTableSize(spec))
    fillIndexTable(spec, out);
  else
    throw std::invalid_argument("unknown table kind '" + spec.kind + "'");
}

} // namespace spherical::runtime
