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
  return get(attribute.getContext(), *kind, Measure::Grid, std::nullopt, DenseF64ArrayAttr(),
             /*balanced=*/false, /*labelSmoothing=*/0.0, /*delta=*/1.0);
}

namespace {
/// The fields of a loss behind its name.
struct LossFields {
  Measure weights = Measure::Grid;
  std::optional<int64_t> ignore;
  DenseF64ArrayAttr classWeights;
  bool balanced = false;
  double labelSmoothing = 0.0, delta = 1.0;
};
} // namespace

static ParseResult parseWeights(AsmParser &parser, Measure &weights) {
  auto measure = dyn_cast_or_null<MeasureAttr>(MeasureAttr::parse(parser, {}));
  if (!measure)
    return failure();
  weights = measure.getValue();
  return success();
}

static ParseResult parseClassWeights(AsmParser &parser, LossFields &fields) {
  fields.balanced = succeeded(parser.parseOptionalKeyword("balanced"));
  return fields.balanced ? success() : spherical::parseNumberList(parser, fields.classWeights);
}

static ParseResult parseLossFields(AsmParser &parser, LossFields &fields) {
  return spherical::parseNamedFields(
      parser, {"weights", "ignore", "class_weights", "label_smoothing", "delta"},
      [&](StringRef name) -> ParseResult {
        if (name == "weights")
          return parseWeights(parser, fields.weights);
        if (name == "ignore")
          return parser.parseInteger(fields.ignore.emplace(0));
        if (name == "class_weights")
          return parseClassWeights(parser, fields);
        return spherical::parseNumber(parser,
                                      name == "delta" ? fields.delta : fields.labelSmoothing);
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
    parser.emitError(loc) << "expected cross_entropy, mean_squared_error, mean_absolute_error or "
                             "huber, got "
                          << keyword;
    return {};
  }
  if (succeeded(parser.parseOptionalComma()) && parseLossFields(parser, fields))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<LossAttr>(loc, parser.getContext(), *kind, fields.weights, fields.ignore,
                                     fields.classWeights, fields.balanced, fields.labelSmoothing,
                                     fields.delta);
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
  if (getBalanced())
    printer << ", class_weights = balanced";
  if (double(getLabelSmoothing()) != 0.0)
    printer << ", label_smoothing = " << spherical::formatNumber(getLabelSmoothing());
  if (getKind() == LossKind::Huber)
    printer << ", delta = " << spherical::formatNumber(getDelta());
  printer << '>';
}

LogicalResult LossAttr::verify(function_ref<InFlightDiagnostic()> emitError, LossKind kind, Measure,
                               std::optional<int64_t> ignore, DenseF64ArrayAttr classWeights,
                               bool balanced, spherical::Double labelSmoothing,
                               spherical::Double delta) {
  const bool weighted = classWeights || balanced;
  if (kind != LossKind::CrossEntropy && (ignore || weighted || double(labelSmoothing) != 0.0))
    return emitError() << "expected ignore, class_weights and label_smoothing of cross_entropy "
                          "only (C1), got "
                       << stringifyLossKind(kind);
  if (kind != LossKind::Huber && double(delta) != 1.0)
    return emitError() << "expected delta of huber only (C1), got " << stringifyLossKind(kind);
  if (classWeights && balanced)
    return emitError() << "expected class weights or balanced (C2), got both";
  if (!(double(labelSmoothing) >= 0.0 && double(labelSmoothing) < 1.0))
    return emitError() << "expected label_smoothing of at least 0 and below 1 (C3), got "
                       << spherical::formatNumber(labelSmoothing);
  if (!(std::isfinite(delta) && double(delta) > 0.0))
    return emitError() << "expected delta to be positive and finite (C3), got "
                       << spherical::formatNumber(delta);
  if (classWeights)
    for (double weight : classWeights.asArrayRef())
      if (!std::isfinite(weight) || weight < 0.0)
        return emitError() << "expected finite class weights that are not negative (C2), got "
                           << spherical::formatNumber(weight);
  if (classWeights && llvm::all_of(classWeights.asArrayRef(), [](double w) { return w == 0.0; }))
    return emitError() << "expected a class weight above 0 (C2), got none";
  return success();
}
