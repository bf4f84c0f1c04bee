//===- signal.cpp - one view of the four signal types -----------*- C++ -*-===//
//
// Functions on S2 and SO(3) and their spectra as one struct.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/signal.h"

#include "llvm/ADT/TypeSwitch.h"

namespace mlir::spherical {

bool Signal::isSpectrum() const {
  return kind == SignalKind::S2Spectrum || kind == SignalKind::SO3Spectrum;
}

bool Signal::onSO3() const { return kind == SignalKind::SO3 || kind == SignalKind::SO3Spectrum; }

bool Signal::isComplex() const { return isa<ComplexType>(element); }

Type Signal::realElement() const {
  auto complex = dyn_cast<ComplexType>(element);
  return complex ? complex.getElementType() : element;
}

Type Signal::get(MLIRContext *context) const {
  switch (kind) {
  case SignalKind::S2:
    return S2Type::get(context, batch, channels, bandLimit, element, layout);
  case SignalKind::SO3:
    return SO3Type::get(context, batch, channels, bandLimit, element, layout);
  case SignalKind::S2Spectrum:
    return S2SpectrumType::get(context, batch, channels, bandLimit, element, layout);
  case SignalKind::SO3Spectrum:
    return SO3SpectrumType::get(context, batch, channels, bandLimit, element, layout);
  }
  llvm_unreachable("all kinds are covered");
}

SmallVector<int64_t> Signal::fileShape() const {
  const int64_t b = bandLimit;
  SmallVector<int64_t> shape = {batch, channels};
  switch (kind) {
  case SignalKind::S2:
    shape.append({2 * b, 2 * b});
    break;
  case SignalKind::SO3:
    shape.append({2 * b, 2 * b, 2 * b});
    break;
  case SignalKind::S2Spectrum:
    shape.push_back(b * b);
    break;
  case SignalKind::SO3Spectrum:
    shape.push_back(b * (4 * b * b - 1) / 3);
    break;
  }
  if (isSpectrum() || isComplex())
    shape.push_back(2);
  return shape;
}

Signal Signal::asSpectrum() const {
  Signal result = *this;
  result.kind = onSO3() ? SignalKind::SO3Spectrum : SignalKind::S2Spectrum;
  return result;
}

Signal Signal::asFunction() const {
  Signal result = *this;
  result.kind = onSO3() ? SignalKind::SO3 : SignalKind::S2;
  return result;
}

Signal Signal::withBandLimit(int64_t limit) const {
  Signal result = *this;
  result.bandLimit = limit;
  return result;
}

Signal Signal::withElement(Type type) const {
  Signal result = *this;
  result.element = type;
  return result;
}

Signal Signal::withLayout(Attribute attribute) const {
  Signal result = *this;
  result.layout = attribute;
  return result;
}

template <typename T> static Signal signalOf(SignalKind kind, T type) {
  return {kind,
          type.getBatch(),
          type.getChannels(),
          type.getBandLimit(),
          type.getElement(),
          type.getLayout()};
}

std::optional<Signal> getSignal(Type type) {
  if (!type)
    return std::nullopt;
  return llvm::TypeSwitch<Type, std::optional<Signal>>(type)
      .Case([](S2Type t) { return signalOf(SignalKind::S2, t); })
      .Case([](SO3Type t) { return signalOf(SignalKind::SO3, t); })
      .Case([](S2SpectrumType t) { return signalOf(SignalKind::S2Spectrum, t); })
      .Case([](SO3SpectrumType t) { return signalOf(SignalKind::SO3Spectrum, t); })
      .Default([](Type) { return std::nullopt; });
}

bool isComplex(Type type) {
  if (auto signal = getSignal(type))
    return signal->isComplex();
  auto tensor = dyn_cast<TensorType>(type);
  return tensor && isa<ComplexType>(tensor.getElementType());
}

Type withRealElement(Type type) {
  if (!isComplex(type))
    return type;
  if (auto signal = getSignal(type))
    return signal->withElement(signal->realElement()).get(type.getContext());
  auto tensor = cast<TensorType>(type);
  return tensor.clone(cast<ComplexType>(tensor.getElementType()).getElementType());
}

Attribute getLayout(Type type) {
  if (auto signal = getSignal(type))
    return signal->layout;
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? tensor.getEncoding() : Attribute();
}

Type withLayout(Type type, Attribute layout) {
  if (auto signal = getSignal(type))
    return signal->withLayout(layout).get(type.getContext());
  if (auto tensor = dyn_cast<RankedTensorType>(type))
    return RankedTensorType::get(tensor.getShape(), tensor.getElementType(), layout);
  return type;
}

} // namespace mlir::spherical
