//===- keys.h - the keys of a map in a model file ---------------*- C++ -*-===//
//
// A map of the file is declared as a table: a Key for each that it may have, with
// the values that it takes, what holds without it, what it means, and how it is
// read. readKeys reads a map by its table, and `spherical help model` prints it.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_KEYS_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_KEYS_H

#include "tools/spherical/model/yaml_values.h"

#include <functional>

namespace spherical::driver {

/// What a person has to know of a key.
struct KeyText {
  std::string name;
  /// The values, with their range: "integer from 1 to 256".
  std::string values;
  /// What holds without the key: "default 32", "the kernel by default"; empty for a key that must
  /// be there.
  std::string otherwise;
  std::string meaning;

  bool required() const { return otherwise.empty(); }
};

/// What holds without a key if that is a value.
inline std::string byDefault(const std::string &value) { return "default " + value; }

/// A key of a map that is read into a T.
template <typename T> struct Key : KeyText {
  /// Sets what the key stands for from its value, or throws a ModelFault.
  std::function<void(const YAML::Node &, T &)> read;
};

/// Keys that set members of a T, whose defaults are those of `defaults`.
template <typename T> class Keys {
public:
  explicit Keys(T defaults = T()) : defaults(std::move(defaults)) {}

  Key<T> integer(const std::string &name, int64_t T::*member, int64_t low, int64_t high,
                 const std::string &meaning) const {
    return {
        {name, integerText(low, high), byDefault(std::to_string(defaults.*member)), meaning},
        [=](const YAML::Node &node, T &into) { into.*member = toInteger(node, name, low, high); }};
  }
  Key<T> size(const std::string &name, ImageSize T::*member, int64_t high,
              const std::string &meaning) const {
    return {{name, sizeValues(high), byDefault(sizeText(defaults.*member)), meaning},
            [=](const YAML::Node &node, T &into) { into.*member = toSize(node, name, high); }};
  }
  Key<T> number(const std::string &name, double T::*member, const Interval &interval,
                const std::string &meaning) const {
    return {
        {name, numberText(interval), byDefault(printNumber(defaults.*member)), meaning},
        [=](const YAML::Node &node, T &into) { into.*member = toNumber(node, name, interval); }};
  }
  Key<T> angle(const std::string &name, double T::*member, const Interval &interval,
               const std::string &meaning) const {
    return {{name, angleText(interval), byDefault(printAngle(defaults.*member)), meaning},
            [=](const YAML::Node &node, T &into) { into.*member = toAngle(node, name, interval); }};
  }
  Key<T> flag(const std::string &name, bool T::*member, const std::string &meaning) const {
    return {{name, "true or false", byDefault(defaults.*member ? "true" : "false"), meaning},
            [=](const YAML::Node &node, T &into) { into.*member = toBool(node, name); }};
  }
  Key<T> word(const std::string &name, std::string T::*member,
              const std::vector<std::string> &words, const std::string &meaning) const {
    return {{name, joined(words), byDefault(defaults.*member), meaning},
            [=](const YAML::Node &node, T &into) { into.*member = toWord(node, name, words); }};
  }

private:
  T defaults;
};

/// The same key, which must be there.
template <typename T> Key<T> required(Key<T> key) {
  key.otherwise.clear();
  return key;
}

/// The same key; in words, what holds without it.
template <typename T> Key<T> otherwise(Key<T> key, const std::string &text) {
  key.otherwise = text;
  return key;
}

/// The same key, after which `next` is called.
template <typename T>
Key<T> andThen(Key<T> key, std::function<void(const YAML::Node &, T &)> next) {
  key.read = [read = key.read, next](const YAML::Node &node, T &into) {
    read(node, into);
    next(node, into);
  };
  return key;
}

/// A map has no other keys than these, each at most once, and those that must be there. Faults of
/// keys go to `parts`; throws if it is no map.
void checkKeys(const YAML::Node &node, const std::string &name, const std::vector<KeyText> &keys,
               Parts &parts);

/// Reads the map `node`, which is called `name` in messages, in the order of the table. Throws all
/// that is wrong in it once the rest is read.
template <typename T>
void readKeys(const YAML::Node &node, const std::string &name, const std::vector<Key<T>> &keys,
              T &into) {
  Parts parts;
  checkKeys(node, name, {keys.begin(), keys.end()}, parts);
  for (const Key<T> &key : keys)
    if (const YAML::Node value = node[key.name])
      parts.attempt([&] { key.read(value, into); });
  parts.finish();
}

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_KEYS_H
