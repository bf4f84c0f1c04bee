//===- optimizer_attribute.cpp - how parameters are updated -----*- C++ -*-===//
//
// <weight_decay = 0.01, clip = 1.0> of Adam, <sgd, momentum = 0.9> of gradient descent: parsing,
// printing and checking.
//
//===----------------------------------------------------------------------===//

#include "dialects/nn/dialect.h"
#include "dialects/spherical/assembly.h"

#include "mlir/IR/DialectImplementation.h"

#include <cmath>

using namespace mlir;
using namespace mlir::nn;
using spherical::Double;
using spherical::formatNumber;

namespace {
/// The fields of an optimizer behind its name, with their defaults.
struct OptimizerFields {
  Double beta1 = 0.9, beta2 = 0.999, eps = 1e-8, momentum = 0.0, weightDecay = 0.0, clip = 0.0;
  Double average = 0.0;
  bool nesterov = false;
  int64_t accumulate = 1;
};
} // namespace

static ParseResult parseFlag(AsmParser &parser, bool &flag) {
  flag = succeeded(parser.parseOptionalKeyword("true"));
  return flag ? success() : parser.parseKeyword("false");
}

static ParseResult parseOptimizerFields(AsmParser &parser, OptimizerFields &fields) {
  return spherical::parseNamedFields(parser,
                                     {"beta1", "beta2", "eps", "momentum", "nesterov",
                                      "weight_decay", "clip", "accumulate", "average"},
                                     [&](StringRef name) -> ParseResult {
                                       if (name == "nesterov")
                                         return parseFlag(parser, fields.nesterov);
                                       if (name == "accumulate")
                                         return parser.parseInteger(fields.accumulate);
                                       Double &value = name == "beta1"          ? fields.beta1
                                                       : name == "beta2"        ? fields.beta2
                                                       : name == "eps"          ? fields.eps
                                                       : name == "momentum"     ? fields.momentum
                                                       : name == "weight_decay" ? fields.weightDecay
                                                       : name == "clip"         ? fields.clip
                                                                                : fields.average;
                                       return spherical::parseNumber(parser, value.value);
                                     });
}

static OptimizerAttr make(MLIRContext *context, OptimizerKind kind, const OptimizerFields &fields) {
  return OptimizerAttr::get(context, kind, fields.beta1, fields.beta2, fields.eps, fields.momentum,
                            fields.nesterov, fields.weightDecay, fields.clip, fields.accumulate,
                            fields.average);
}

OptimizerAttr OptimizerAttr::plain(MLIRContext *context) {
  return make(context, OptimizerKind::Adam, {});
}

Attribute OptimizerAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  OptimizerFields fields;
  if (parser.parseLess())
    return {};
  const bool sgd = succeeded(parser.parseOptionalKeyword("sgd"));
  const bool fieldsFollow = !sgd || succeeded(parser.parseOptionalComma());
  if ((fieldsFollow && parseOptimizerFields(parser, fields)) || parser.parseGreater())
    return {};
  return parser.getChecked<OptimizerAttr>(
      loc, parser.getContext(), sgd ? OptimizerKind::Sgd : OptimizerKind::Adam, fields.beta1,
      fields.beta2, fields.eps, fields.momentum, fields.nesterov, fields.weightDecay, fields.clip,
      fields.accumulate, fields.average);
}

void OptimizerAttr::print(AsmPrinter &printer) const {
  if (getKind() == OptimizerKind::Sgd)
    printer << "<sgd, momentum = " << formatNumber(getMomentum())
            << (getNesterov() ? ", nesterov = true" : "");
  else
    printer << "<beta1 = " << formatNumber(getBeta1()) << ", beta2 = " << formatNumber(getBeta2())
            << ", eps = " << formatNumber(getEps());
  printer << ", weight_decay = " << formatNumber(getWeightDecay())
          << ", clip = " << formatNumber(getClip());
  if (getAccumulate() != 1)
    printer << ", accumulate = " << getAccumulate();
  if (double(getAverage()) != 0.0)
    printer << ", average = " << formatNumber(getAverage());
  printer << '>';
}

static bool isDecay(double value) { return value >= 0.0 && value < 1.0; }

/// C1: the constants of Adam.
static LogicalResult verifyAdam(function_ref<InFlightDiagnostic()> emitError, OptimizerKind kind,
                                double beta1, double beta2, double eps) {
  const OptimizerFields plain;
  for (double beta : {beta1, beta2})
    if (!isDecay(beta))
      return emitError() << "expected beta1 and beta2 of at least 0 and below 1 (C1), got "
                         << formatNumber(beta);
  if (!(std::isfinite(eps) && eps > 0.0))
    return emitError() << "expected eps to be positive (C1), got " << formatNumber(eps);
  const bool own =
      beta1 != double(plain.beta1) || beta2 != double(plain.beta2) || eps != double(plain.eps);
  if (kind != OptimizerKind::Adam && own)
    return emitError() << "expected beta1, beta2 and eps of adam only (C1), got "
                       << stringifyOptimizerKind(kind);
  return success();
}

LogicalResult OptimizerAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                    OptimizerKind kind, Double beta1, Double beta2, Double eps,
                                    Double momentum, bool nesterov, Double weightDecay, Double clip,
                                    int64_t accumulate, Double average) {
  if (failed(verifyAdam(emitError, kind, beta1, beta2, eps)))
    return failure();
  for (double value : {double(weightDecay), double(clip)})
    if (!std::isfinite(value) || value < 0.0)
      return emitError()
             << "expected weight_decay and clip to be finite and not negative (C2), got "
             << formatNumber(value);
  if (!isDecay(momentum) || (nesterov && double(momentum) == 0.0))
    return emitError() << "expected momentum of at least 0 and below 1, above 0 with nesterov "
                          "(C3), got "
                       << formatNumber(momentum);
  if (kind != OptimizerKind::Sgd && double(momentum) != 0.0)
    return emitError() << "expected momentum of sgd only (C3), got "
                       << stringifyOptimizerKind(kind);
  if (accumulate < 1)
    return emitError() << "expected accumulate of at least 1 (C4), got " << accumulate;
  if (!isDecay(average))
    return emitError() << "expected average of at least 0 and below 1 (C4), got "
                       << formatNumber(average);
  return success();
}
