//===- manifest_check.cpp - whether a manifest fits together ----*- C++ -*-===//

#include "runtime/execute/manifest_check.h"

#include "runtime/execute/error.h"

#include <algorithm>
#include <set>

namespace spherical::runtime {

std::string typeText(Element element, const std::vector<int64_t> &shape) {
  std::string text = std::string(elementName(element)) + " ";
  if (shape.empty())
    return text + "scalar";
  for (size_t i = 0; i < shape.size(); ++i)
    text += (i == 0 ? "" : "x") + std::to_string(shape[i]);
  return text;
}

namespace {

[[noreturn]] void fail(const std::string &sentence) {
  throw Error(SPH_BAD_ARTIFACT, "manifest: " + sentence);
}

template <typename T> void checkUnique(const std::vector<T> &items, const std::string &what) {
  std::set<std::string> names;
  for (const T &item : items)
    if (!names.insert(item.name).second)
      fail(what + " '" + item.name + "' appears twice");
}

template <typename T> const T *find(const std::vector<T> &items, const std::string &name) {
  auto found =
      std::find_if(items.begin(), items.end(), [&](const T &item) { return item.name == name; });
  return found == items.end() ? nullptr : &*found;
}

std::string typeText(const ValueSpec &value) {
  return runtime::typeText(value.element, value.shape);
}

/// `value` of the entry must be declared the same way in `declared`, called `where`.
void checkSame(const EntrySpec &entry, const ValueSpec &value, const ValueSpec *declared,
               const std::string &where) {
  const std::string what = "entry '" + entry.name + "': '" + value.name + "'";
  if (!declared)
    fail(what + " expected " + where + ", got none");
  if (declared->element != value.element || declared->shape != value.shape)
    fail(what + " expected " + typeText(*declared) + " as " + where + ", got " + typeText(value));
}

void checkCapacity(EntrySpec &entry, const ValueSpec &value) {
  if (!value.batched)
    return;
  if (value.shape.empty())
    fail("entry '" + entry.name + "': batched '" + value.name + "' expected an axis, got a scalar");
  if (value.shape[0] == 0)
    fail("entry '" + entry.name + "': batched '" + value.name + "' expected a sample, got none");
  if (entry.capacity != 0 && entry.capacity != value.shape[0])
    fail("entry '" + entry.name + "': batched '" + value.name + "' expected " +
         std::to_string(entry.capacity) + " samples, got " + std::to_string(value.shape[0]));
  entry.capacity = value.shape[0];
}

/// Only integers have a range, counted by an integer, and only floating-point numbers a spectrum.
void checkConstraints(const EntrySpec &entry, const ValueSpec &argument) {
  const ValueConstraints &constraints = argument.constraints;
  const std::string what = "entry '" + entry.name + "': '" + argument.name + "'";
  const bool integers = argument.element == Element::I32 || argument.element == Element::I64;
  if (constraints.integers && !integers)
    fail(what + " has a range of integers, got " + typeText(argument));
  if (constraints.spectrum && integers)
    fail(what + " is a spectrum, got " + typeText(argument));
  if (constraints.counted.empty())
    return;
  const ValueSpec *count = find(entry.arguments, constraints.counted);
  if (argument.shape.empty() || !count || count->element != Element::I64 || !count->shape.empty())
    fail(what + " expected an i64 scalar that counts its samples, got '" + constraints.counted +
         "'");
}

void checkArgument(const Manifest &manifest, const EntrySpec &entry, const ValueSpec &argument) {
  static const std::set<std::string> kept = {"parameter", "moment", "average", "state"};
  static const std::set<std::string> given = {"input", "label", "learning_rate"};
  if (kept.count(argument.role))
    return checkSame(entry, argument, find(manifest.parameters, argument.name), "a parameter");
  if (argument.role == "prepared") {
    const EntrySpec *prepare = find(manifest.entries, "prepare");
    return checkSame(entry, argument, prepare ? find(prepare->results, argument.name) : nullptr,
                     "a result of entry 'prepare'");
  }
  if (argument.role == "count") {
    if (argument.element != Element::I64 || !argument.shape.empty())
      fail("entry '" + entry.name + "': count expected i64 scalar, got " + typeText(argument));
    return;
  }
  if (!given.count(argument.role))
    fail("entry '" + entry.name + "': '" + argument.name + "' has the unknown role '" +
         argument.role + "'");
}

void checkEntry(const Manifest &manifest, EntrySpec &entry) {
  checkUnique(entry.arguments, "entry '" + entry.name + "': argument");
  std::set<std::string> replaced;
  for (const ValueSpec &result : entry.results)
    if (!result.replaces.empty() && !replaced.insert(result.replaces).second)
      fail("entry '" + entry.name + "': argument '" + result.replaces + "' is replaced twice");
  for (const ValueSpec &argument : entry.arguments) {
    checkArgument(manifest, entry, argument);
    checkConstraints(entry, argument);
    checkCapacity(entry, argument);
  }
  for (const ValueSpec &result : entry.results) {
    checkCapacity(entry, result);
    if (!result.replaces.empty())
      checkSame(entry, result, find(entry.arguments, result.replaces), "the argument it replaces");
  }
}

} // namespace

void checkManifest(Manifest &manifest) {
  checkUnique(manifest.entries, "entry");
  checkUnique(manifest.parameters, "parameter");
  static const std::set<std::string> roles = {"parameter", "moment", "average", "state"};
  for (const ParameterSpec &parameter : manifest.parameters)
    if (!roles.count(parameter.role))
      fail("parameter '" + parameter.name +
           "' expected role parameter, moment, average or state, got '" + parameter.role + "'");
  for (EntrySpec &entry : manifest.entries)
    checkEntry(manifest, entry);
  const EntrySpec *prepare = find(manifest.entries, "prepare");
  if (!prepare)
    return;
  for (const ValueSpec &argument : prepare->arguments)
    if (argument.role != "parameter" && argument.role != "state")
      fail("entry 'prepare': '" + argument.name + "' expected role parameter, got '" +
           argument.role + "'");
}

} // namespace spherical::runtime
