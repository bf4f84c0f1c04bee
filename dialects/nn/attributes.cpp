//===- attributes.cpp - measures, losses, optimizers ------------*- C++ -*-===//
//
// Parsing, printing and checking of the attributes.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"
#include "dialects/spherical/assembly.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/TypeSwitch.h"

#include <cmath>

#include "dialects/nn/enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/nn/attributes.cpp.inc"

using namespace mlir;
using namespace mlir::nn;

void NNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/nn/attributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// MeasureAttr: a keyword
//===----------------------------------------------------------------------===//

Attribute MeasureAttr::parse(AsmParser &parser, Type) {
  return spherical::parseKeywordAttr<MeasureAttr>(parser, symbolizeMeasure, "grid or area");
}

void MeasureAttr::print(AsmPrinter &printer) const {
  printer << ' ' << stringifyMeasure(getValue());
}

//===----------------------------------------------------------------------===//
// PaddingAttr: a keyword
//===----------------------------------------------------------------------===//

Attribute PaddingAttr::parse(AsmParser &parser, Type) {
  return spherical::parseKeywordAttr<PaddingAttr>(parser, symbolizePadding,
                                                  "valid, zero or circular");
}

void PaddingAttr::print(AsmPrinter &printer) const {
  printer << ' ' << stringifyPadding(getValue());
}

//===----------------------------------------------------------------------===//
// LossAttr: <cross_entropy, weights = area, ignore = 255, class_weights = [0.5, 1.0]>
//===----------------------------------------------------------------------===//

LossAttr LossAttr::from(Attribute attribute) {
  if (auto loss = dyn_cast_or_null<LossAttr>(attribute))
    return loss;
  auto name = dyn_cast_or_null<StringAttr>(attribute);
  std::optional<LossKind> kind = name ? symbolizeLossKind(name.getValue()) : std::nullopt;
  if (!kind)
    return {};
  return get(attribute.getContext(), *kind, Measure::Grid, std::nullopt, DenseF64ArrayAttr());
}

namespace {
/// The fields of a loss behind its name.
struct LossFields {
  Measure weights = Measure::Grid;
  std::optional<int64_t> ignore;
  DenseF64ArrayAttr classWeights;
};
} // namespace

static ParseResult parseWeights(AsmParser &parser, Measure &weights) {
  auto measure = dyn_cast_or_null<MeasureAttr>(MeasureAttr::parse(parser, {}));
  if (!measure)
    return failure();
  weights = measure.getValue();
  return success();
}

static ParseResult parseLossFields(AsmParser &parser, LossFields &fields) {
  return spherical::parseNamedFields(
      parser, {"weights", "ignore", "class_weights"}, [&](StringRef name) -> ParseResult {
        if (name == "weights")
          return parseWeights(parser, fields.weights);
        if (name == "ignore")
          return parser.parseInteger(fields.ignore.emplace(0));
        return spherical::parseNumberList(parser, fields.classWeights);
      });
}

Attribute LossAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  LossFields fields;
  StringRef keyword;
  if (parser.parseLess() || parser.parseKeyword(&keyword))
    return {};
  std::optional<LossKind> kind = symbolizeLossKind(keyword);
  if (!kind) {
    parser.emitError(loc) << "expected cross_entropy, mean_squared_error or "
                             "mean_absolute_error, got "
                          << keyword;
    return {};
  }
  if (succeeded(parser.parseOptionalComma()) && parseLossFields(parser, fields))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<LossAttr>(loc, parser.getContext(), *kind, fields.weights, fields.ignore,
                                     fields.classWeights);
}

void LossAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyLossKind(getKind());
  if (getWeights() != Measure::Grid)
    printer << ", weights = " << stringifyMeasure(getWeights());
  if (getIgnore())
    printer << ", ignore = " << *getIgnore();
  if (getClassWeights()) {
    printer << ", class_weights = ";
    spherical::printNumberList(printer, nullptr, getClassWeights());
  }
  printer << '>';
}

LogicalResult LossAttr::verify(function_ref<InFlightDiagnostic()> emitError, LossKind kind, Measure,
                               std::optional<int64_t> ignore, DenseF64ArrayAttr classWeights) {
  if (kind != LossKind::CrossEntropy && (ignore || classWeights))
    return emitError() << "expected ignore and class_weights of cross_entropy only (C1), got "
                       << stringifyLossKind(kind);
  if (classWeights)
    for (double weight : classWeights.asArrayRef())
      if (!std::isfinite(weight) || weight < 0.0)
        return emitError() << "expected finite class weights that are not negative (C2), got "
                           << spherical::formatNumber(weight);
  if (classWeights && llvm::all_of(classWeights.asArrayRef(), [](double w) { return w == 0.0; }))
    return emitError() << "expected a class weight above 0 (C2), got none";
  return success();
}

//===----------------------------------------------------------------------===//
// OptimizerAttr: <weight_decay = 0.01, clip = 1.0>
//===----------------------------------------------------------------------===//

Attribute OptimizerAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0.0, clip = 0.0;
  auto parseField = [&](StringRef name) {
    double &value = name == "beta1"          ? beta1
                    : name == "beta2"        ? beta2
                    : name == "eps"          ? eps
                    : name == "weight_decay" ? weightDecay
                                             : clip;
    return spherical::parseNumber(parser, value);
  };
  if (parser.parseLess() ||
      spherical::parseNamedFields(parser, {"beta1", "beta2", "eps", "weight_decay", "clip"},
                                  parseField) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<OptimizerAttr>(loc, parser.getContext(), beta1, beta2, eps, weightDecay,
                                          clip);
}

void OptimizerAttr::print(AsmPrinter &printer) const {
  using spherical::formatNumber;
  printer << "<beta1 = " << formatNumber(getBeta1()) << ", beta2 = " << formatNumber(getBeta2())
          << ", eps = " << formatNumber(getEps())
          << ", weight_decay = " << formatNumber(getWeightDecay())
          << ", clip = " << formatNumber(getClip()) << '>';
}

LogicalResult OptimizerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                    spherical::Double beta1, spherical::Double beta2,
                                    spherical::Double eps, spherical::Double weightDecay,
                                    spherical::Double clip) {
  using spherical::formatNumber;
  for (double beta : {double(beta1), double(beta2)})
    if (!(beta >= 0.0 && beta < 1.0))
      return emitError() << "expected beta1 and beta2 of at least 0 and below 1 (C1), got "
                         << formatNumber(beta);
  if (!(std::isfinite(eps) && eps > 0.0))
    return emitError() << "expected eps to be positive (C1), got " << formatNumber(eps);
  for (double value : {double(weightDecay), double(clip)})
    if (!std::isfinite(value) || value < 0.0)
      return emitError()
             << "expected weight_decay and clip to be finite and not negative (C2), got "
             << formatNumber(value);
  return success();
}
