//===- signal.h - one view of the four signal types -------------*- C++ -*-===//
//
// Functions on S2 and SO(3) and their spectra as one struct.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_SPHERICAL_SIGNAL_H
#define SPHERICAL_DIALECTS_SPHERICAL_SIGNAL_H

#include "dialects/spherical/dialect.h"

#include <optional>

namespace mlir::spherical {

enum class SignalKind { S2, SO3, S2Spectrum, SO3Spectrum };

/// The parameters of a function or spectrum type. `layout` is null where there is none.
struct Signal {
  SignalKind kind;
  int64_t batch, channels, bandLimit;
  Type element;
  Attribute layout;

  /// Whether it is a spectrum rather than a function.
  bool isSpectrum() const;
  /// Whether it lives on SO(3) rather than S2.
  bool onSO3() const;
  /// Whether the element is complex.
  bool isComplex() const;
  /// The real element type: f32 or f64.
  Type realElement() const;
  /// The type with these parameters.
  Type get(MLIRContext *context) const;
  /// The extents in file order: s2 [B, C, 2b, 2b] (beta, alpha), so3 [B, C, 2b, 2b, 2b]
  /// (beta, alpha, gamma), a last 2 (re, im) for complex functions; s2_spectrum [B, C, b^2, 2],
  /// so3_spectrum [B, C, b(4b^2-1)/3, 2], also for Hermitian spectra.
  SmallVector<int64_t> fileShape() const;

  /// The same on the other side of the Fourier transform.
  Signal asSpectrum() const;
  Signal asFunction() const;
  /// The same with another parameter.
  Signal withBandLimit(int64_t limit) const;
  Signal withElement(Type type) const;
  Signal withLayout(Attribute attribute) const;
};

/// The parameters of a spherical type; none for any other type.
std::optional<Signal> getSignal(Type type);

/// Whether a spherical type or tensor has a complex element.
bool isComplex(Type type);

/// A spherical type or tensor with the real element of its complex one; other types as they are.
Type withRealElement(Type type);

/// The layout of a spherical type or tensor, null if it has none.
Attribute getLayout(Type type);

/// The type, spherical or tensor, in another layout (null: none). Other types stay as they are.
Type withLayout(Type type, Attribute layout);

} // namespace mlir::spherical

#endif
