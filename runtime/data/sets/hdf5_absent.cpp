//===- hdf5_absent.cpp - a build without HDF5 -------------------*- C++ -*-===//

#include "runtime/data/sets/array_file.h"
#include "runtime/data/sets/array_writer.h"

#include <stdexcept>

namespace spherical::runtime {

ArrayFile openHdf5(const std::string &path) {
  throw std::runtime_error(path + ": " + missingFormText(ArrayForm::Hdf5));
}

std::unique_ptr<ArrayWriter> writeHdf5(const std::string &path, const std::vector<TensorSpec> &,
                                       const Words &) {
  throw std::runtime_error(path + ": " + missingFormText(ArrayForm::Hdf5));
}

} // namespace spherical::runtime
