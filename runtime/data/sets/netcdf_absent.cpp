//===- netcdf_absent.cpp - a build without NetCDF ---------------*- C++ -*-===//

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/array_writer.h"

#include <stdexcept>

namespace spherical::runtime {

ArrayFile openNetCdf(const std::string &path) {
  throw std::runtime_error(path + ": " + missingFormText(ArrayForm::NetCdf));
}

std::unique_ptr<ArrayWriter> writeNetCdf(const std::string &path, const std::vector<TensorSpec> &,
                                         const Words &) {
  throw std::runtime_error(path + ": " + missingFormText(ArrayForm::NetCdf));
}

} // namespace spherical::runtime
