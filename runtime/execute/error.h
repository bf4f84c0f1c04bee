//===- error.h - failures of the runtime ------------------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_ERROR_H
#define SPHERICAL_RUNTIME_EXECUTE_ERROR_H

#include "runtime/spherical_runtime.h"

#include <stdexcept>
#include <string>

namespace spherical::runtime {

/// A failure with its status and one sentence, lower case, without a full stop. Never leaves the C
/// interface as an exception.
class Error : public std::runtime_error {
public:
  Error(sph_status status, const std::string &sentence)
      : std::runtime_error(sentence), code(status) {}

  sph_status status() const { return code; }

private:
  sph_status code;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_ERROR_H
