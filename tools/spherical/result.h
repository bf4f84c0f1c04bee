//===- result.h - a value or the reason there is none -----------*- C++ -*-===//
//
// User input never aborts and never throws past the driver: what can fail
// returns a Result, and the tool prints the error and exits with 1.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_RESULT_H
#define SPHERICAL_TOOLS_SPHERICAL_RESULT_H

#include <string>
#include <utility>
#include <variant>

namespace spherical::driver {

/// What went wrong, ready to print: "file:line:column: error: what" and, if there is a remedy, a
/// second line with it. No newline at the end. An empty message means that the reason is printed.
struct Error {
  std::string message;
};

/// A value of type T, or the error that prevented it.
template <typename T> class [[nodiscard]] Result {
public:
  Result(T value) : state(std::move(value)) {}
  Result(Error error) : state(std::move(error)) {}

  /// True if there is a value.
  explicit operator bool() const { return std::holds_alternative<T>(state); }
  /// The value; only valid when there is one.
  T &operator*() { return std::get<T>(state); }
  const T &operator*() const { return std::get<T>(state); }
  T *operator->() { return &std::get<T>(state); }
  const T *operator->() const { return &std::get<T>(state); }
  /// The error; only valid when there is no value.
  const Error &error() const { return std::get<Error>(state); }

private:
  std::variant<T, Error> state;
};

/// The value of what either succeeds or fails and gives nothing else.
struct Done {};
using Status = Result<Done>;

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_RESULT_H
