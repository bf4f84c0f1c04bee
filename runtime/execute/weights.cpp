//===- weights.cpp - parameters from and to tensors -------------*- C++ -*-===//

#include "runtime/execute/weights.h"

#include "runtime/data/foreign_files.h"
#include "runtime/data/model_record.h"
#include "runtime/execute/manifest_check.h"

#include <algorithm>
#include <stdexcept>

namespace spherical::runtime {

DType dtypeOf(Element element) {
  switch (element) {
  case Element::F32:
    return DType::F32;
  case Element::F64:
    return DType::F64;
  case Element::I32:
    return DType::I32;
  case Element::I64:
    return DType::I64;
  }
  throw std::logic_error("unknown element type");
}

namespace {

bool isFloat(DType dtype) { return dtype == DType::F32 || dtype == DType::F64; }

[[noreturn]] void failUnknown(const Program &program, const TensorFile &file,
                              const std::string &name, const std::string &origin) {
  std::vector<std::string> known;
  for (const ParameterSpec &parameter : program.manifest().parameters)
    known.push_back(parameter.name);
  throw Error(SPH_INVALID_ARGUMENT, origin + ": tensor '" + name + "' is no parameter of model '" +
                                        program.manifest().model + "'" + prefixAdvice(file, known));
}

void check(const Program &program, const TensorFile &file, const std::string &name,
           const Tensor &tensor, const std::string &origin) {
  const ParameterSpec *parameter = program.findParameter(name);
  if (!parameter)
    failUnknown(program, file, name, origin);
  const DType wanted = dtypeOf(parameter->element);
  const bool converts = isFloat(wanted) && isFloat(tensor.dtype);
  if (tensor.shape != parameter->shape || (tensor.dtype != wanted && !converts))
    throw Error(SPH_INVALID_ARGUMENT, origin + ": tensor '" + name + "' expected " +
                                          typeText(parameter->element, parameter->shape) +
                                          ", got " + dtypeName(tensor.dtype) + " " +
                                          shapeText(tensor.shape));
  if (const std::string bad = nonFiniteValue(tensor, wanted); !bad.empty())
    throw Error(SPH_INVALID_ARGUMENT,
                origin + ": tensor '" + name + "' expected finite values, got " + bad);
}

template <typename From, typename To> Tensor convert(const Tensor &tensor, DType wanted) {
  Tensor out = Tensor::zeros(wanted, tensor.shape);
  const auto values = tensor.as<From>();
  std::transform(values.begin(), values.end(), reinterpret_cast<To *>(out.bytes.data()),
                 [](From value) { return static_cast<To>(value); });
  return out;
}

void bindTensor(Program &program, const std::string &name, const Tensor &tensor) {
  program.bind({name, program.findParameter(name)->element, tensor.shape,
                const_cast<std::byte *>(tensor.bytes.data())});
}

} // namespace

void bindWeights(Program &program, const TensorFile &file, const std::string &origin) {
  const Manifest &manifest = program.manifest();
  if (const std::string other = otherModel(file.metadata, {manifest.model, manifest.graph});
      !other.empty())
    throw Error(SPH_INVALID_ARGUMENT, origin + ": " + other);
  for (const auto &[name, tensor] : file.tensors)
    check(program, file, name, tensor, origin);
  for (const ParameterSpec &parameter : program.manifest().parameters)
    if (parameter.role == "parameter" && !file.tensors.count(parameter.name))
      throw Error(SPH_INVALID_ARGUMENT, origin + ": expected a tensor '" + parameter.name + "' (" +
                                            typeText(parameter.element, parameter.shape) +
                                            "), got none");
  for (const auto &[name, tensor] : file.tensors) {
    const DType wanted = dtypeOf(program.findParameter(name)->element);
    if (tensor.dtype == wanted)
      bindTensor(program, name, tensor);
    else if (wanted == DType::F32)
      bindTensor(program, name, convert<double, float>(tensor, wanted));
    else
      bindTensor(program, name, convert<float, double>(tensor, wanted));
  }
}

TensorFile readWeights(const Program &program, bool moments) {
  TensorFile file;
  for (const ParameterSpec &parameter : program.manifest().parameters) {
    if (!program.isBound(parameter.name) || (parameter.role == "moment" && !moments))
      continue;
    Tensor tensor = Tensor::zeros(dtypeOf(parameter.element), parameter.shape);
    program.read({parameter.name, parameter.element, parameter.shape, tensor.bytes.data()});
    file.tensors.emplace(parameter.name, std::move(tensor));
  }
  return file;
}

} // namespace spherical::runtime
