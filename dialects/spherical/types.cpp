//===- types.cpp - parsing, printing and checking of types ------*- C++ -*-===//
//
// The four signal types share one form: <2x4, b = 8, f32> or, with a layout,
// <2x4, b = 8, f32, #spherical.layout<...>>.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

#define GET_TYPEDEF_CLASSES
#include "dialects/spherical/types.cpp.inc"

using namespace mlir;
using namespace mlir::spherical;

void SphericalDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "dialects/spherical/types.cpp.inc"
      >();
}

bool mlir::spherical::isMask(Type type) {
  if (auto s2 = dyn_cast<S2Type>(type))
    return s2.getElement().isInteger(1);
  auto so3 = dyn_cast<SO3Type>(type);
  return so3 && so3.getElement().isInteger(1);
}

template <typename T> static Type parseSignalType(AsmParser &parser) {
  const SMLoc loc = parser.getCurrentLocation();
  SmallVector<int64_t> extents;
  int64_t bandLimit = 0;
  Type element;
  Attribute layout;
  if (parser.parseLess() ||
      parser.parseDimensionList(extents, /*allowDynamic=*/false, /*withTrailingX=*/false))
    return {};
  if (extents.size() != 2) {
    parser.emitError(loc) << "expected two extents, batch x channels, got " << extents.size();
    return {};
  }
  if (parser.parseComma() || parser.parseKeyword("b") || parser.parseEqual() ||
      parser.parseInteger(bandLimit) || parser.parseComma() || parser.parseType(element))
    return {};
  if (succeeded(parser.parseOptionalComma()) && parser.parseAttribute(layout))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<T>(loc, parser.getContext(), extents[0], extents[1], bandLimit, element,
                              layout);
}

template <typename T> static void printSignalType(AsmPrinter &printer, T type) {
  printer << '<' << type.getBatch() << 'x' << type.getChannels() << ", b = " << type.getBandLimit()
          << ", " << type.getElement();
  if (Attribute layout = type.getLayout())
    printer << ", " << layout;
  printer << '>';
}

static LogicalResult verifySignalType(function_ref<InFlightDiagnostic()> emitError, int64_t batch,
                                      int64_t channels, int64_t bandLimit, Type element,
                                      Attribute layout, bool mayBeMask) {
  if (batch < 1 || channels < 1)
    return emitError() << "expected batch and channels of at least 1 (C1), got " << batch << 'x'
                       << channels;
  if (bandLimit < 1 || bandLimit > 256)
    return emitError() << "expected a band-limit from 1 to 256 (C2), got " << bandLimit;
  auto complex = dyn_cast<ComplexType>(element);
  Type real = complex ? complex.getElementType() : element;
  if (!real.isF32() && !real.isF64() && !(mayBeMask && element.isInteger(1)))
    return emitError() << "expected element f32, f64, complex<f32> or complex<f64> (C3), got "
                       << element;
  if (layout && !isa<LayoutAttr>(layout))
    return emitError() << "expected the layout to be a #spherical.layout (C4), got " << layout;
  return success();
}

#define DEFINE_SIGNAL_TYPE(T, MAY_BE_MASK)                                                         \
  Type T::parse(AsmParser &parser) { return parseSignalType<T>(parser); }                          \
  void T::print(AsmPrinter &printer) const { printSignalType(printer, *this); }                    \
  LogicalResult T::verify(function_ref<InFlightDiagnostic()> emitError, int64_t batch,             \
                          int64_t channels, int64_t bandLimit, Type element, Attribute layout) {   \
    return verifySignalType(emitError, batch, channels, bandLimit, element, layout, MAY_BE_MASK);  \
  }

DEFINE_SIGNAL_TYPE(S2Type, /*mayBeMask=*/true)
DEFINE_SIGNAL_TYPE(SO3Type, /*mayBeMask=*/true)
DEFINE_SIGNAL_TYPE(S2SpectrumType, /*mayBeMask=*/false)
DEFINE_SIGNAL_TYPE(SO3SpectrumType, /*mayBeMask=*/false)

#undef DEFINE_SIGNAL_TYPE
