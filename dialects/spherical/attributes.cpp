//===- attributes.cpp - initial values, layouts, choices --------*- C++ -*-===//
//
// Parsing, printing and checking of the attributes other than kernel grids
// (grid.cpp).
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/assembly.h"
#include "dialects/spherical/dialect.h"
#include "dialects/stage/dialect.h"

#include "mlir/IR/DialectImplementation.h"

#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/TypeSwitch.h"

#include <bit>
#include <cmath>

#include "dialects/spherical/enums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/spherical/attributes.cpp.inc"

using namespace mlir;
using namespace mlir::spherical;

void SphericalDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "dialects/spherical/attributes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// HighAttr, ProductFormAttr, ProjectionAttr: a keyword
//===----------------------------------------------------------------------===//

Attribute HighAttr::parse(AsmParser &parser, Type) {
  return parseKeywordAttr<HighAttr>(parser, symbolizeHigh, "zero, quadrature or truncated");
}

void HighAttr::print(AsmPrinter &printer) const { printer << ' ' << stringifyHigh(getValue()); }

Attribute ProductFormAttr::parse(AsmParser &parser, Type) {
  return parseKeywordAttr<ProductFormAttr>(parser, symbolizeProductForm,
                                           "forward, grad_input or grad_kernel");
}

void ProductFormAttr::print(AsmPrinter &printer) const {
  printer << ' ' << stringifyProductForm(getValue());
}

Attribute ProjectionAttr::parse(AsmParser &parser, Type) {
  return parseKeywordAttr<ProjectionAttr>(parser, symbolizeProjection,
                                          "sum_n, orbit_mean or invariant");
}

void ProjectionAttr::print(AsmPrinter &printer) const {
  printer << ' ' << stringifyProjection(getValue());
}

//===----------------------------------------------------------------------===//
// InitAttr: <normal, 1.0>
//===----------------------------------------------------------------------===//

Attribute InitAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  double scale = 1.0;
  if (parser.parseLess() || parser.parseKeyword(&keyword))
    return {};
  std::optional<InitKind> kind = symbolizeInitKind(keyword);
  if (!kind) {
    parser.emitError(loc) << "expected zeros, ones, normal or uniform, got " << keyword;
    return {};
  }
  if (succeeded(parser.parseOptionalComma()) && parseNumber(parser, scale))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<InitAttr>(loc, parser.getContext(), *kind, Double(scale));
}

void InitAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyInitKind(getKind()) << ", " << formatNumber(getScale()) << '>';
}

LogicalResult InitAttr::verify(function_ref<InFlightDiagnostic()> emitError, InitKind,
                               Double scale) {
  if (!std::isfinite(scale) || scale < 0.0)
    return emitError() << "expected a finite scale that is not negative (C1), got "
                       << formatNumber(scale);
  return success();
}

//===----------------------------------------------------------------------===//
// LayoutAttr: <order = [a, b], lane = [batch : 16], basis = real, pad = 16>
//===----------------------------------------------------------------------===//

LayoutAttr LayoutAttr::get(MLIRContext *context, ArrayRef<StringRef> order, int64_t lanes,
                           Basis basis, int64_t pad, StringRef laneAxis) {
  SmallVector<StringAttr> axes;
  for (StringRef axis : order)
    axes.push_back(StringAttr::get(context, axis));
  SmallVector<StringAttr> laneAxes;
  SmallVector<int64_t> laneSizes;
  if (lanes > 0) {
    laneAxes.push_back(StringAttr::get(context, laneAxis));
    laneSizes.push_back(lanes);
  }
  return get(context, axes, laneAxes, laneSizes, basis, pad);
}

int64_t LayoutAttr::getLanes() const {
  int64_t lanes = 1;
  for (int64_t size : getLaneSizes())
    lanes *= size;
  return lanes;
}

bool LayoutAttr::hasBatch() const {
  return llvm::any_of(getLaneAxes(), [](StringAttr axis) { return axis == kBatchAxis; });
}

namespace {
/// What the parser has read of a layout.
struct LayoutFields {
  SmallVector<StringAttr> order, laneAxes;
  SmallVector<int64_t> laneSizes;
  Basis basis = Basis::Complex;
  int64_t pad = 1;
};
} // namespace

static ParseResult parseAxis(AsmParser &parser, SmallVectorImpl<StringAttr> &axes) {
  StringRef axis;
  if (parser.parseKeyword(&axis))
    return failure();
  axes.push_back(StringAttr::get(parser.getContext(), axis));
  return success();
}

static ParseResult parseBasis(AsmParser &parser, Basis &basis) {
  const SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseKeyword(&keyword))
    return failure();
  std::optional<Basis> parsed = symbolizeBasis(keyword);
  if (!parsed)
    return parser.emitError(loc) << "expected basis real or complex, got " << keyword;
  basis = *parsed;
  return success();
}

static ParseResult parseLayoutField(AsmParser &parser, StringRef name, LayoutFields &fields) {
  const auto square = AsmParser::Delimiter::Square;
  if (name == "order")
    return parser.parseCommaSeparatedList(square, [&] { return parseAxis(parser, fields.order); });
  if (name == "lane")
    return parser.parseCommaSeparatedList(square, [&]() -> ParseResult {
      return failure(parseAxis(parser, fields.laneAxes) || parser.parseColon() ||
                     parser.parseInteger(fields.laneSizes.emplace_back()));
    });
  if (name == "basis")
    return parseBasis(parser, fields.basis);
  return parser.parseInteger(fields.pad);
}

Attribute LayoutAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  LayoutFields fields;
  auto parseField = [&](StringRef name) { return parseLayoutField(parser, name, fields); };
  if (parser.parseLess() ||
      parseNamedFields(parser, {"order", "lane", "basis", "pad"}, parseField) ||
      parser.parseGreater())
    return {};
  return parser.getChecked<LayoutAttr>(loc, parser.getContext(), fields.order, fields.laneAxes,
                                       fields.laneSizes, fields.basis, fields.pad);
}

void LayoutAttr::print(AsmPrinter &printer) const {
  auto name = [&](StringAttr axis) { printer << axis.getValue(); };
  printer << "<order = [";
  llvm::interleaveComma(getOrder(), printer, name);
  printer << ']';
  if (!getLaneAxes().empty()) {
    printer << ", lane = [";
    llvm::interleaveComma(llvm::zip_equal(getLaneAxes(), getLaneSizes()), printer, [&](auto lane) {
      printer << std::get<0>(lane).getValue() << " : " << std::get<1>(lane);
    });
    printer << ']';
  }
  if (getBasis() != Basis::Complex)
    printer << ", basis = " << stringifyBasis(getBasis());
  if (getPad() != 1)
    printer << ", pad = " << getPad();
  printer << '>';
}

static bool hasDuplicates(ArrayRef<StringAttr> axes) {
  llvm::StringSet<> seen;
  return !llvm::all_of(axes, [&](StringAttr axis) { return seen.insert(axis.getValue()).second; });
}

LogicalResult LayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<StringAttr> order, ArrayRef<StringAttr> laneAxes,
                                 ArrayRef<int64_t> laneSizes, Basis, int64_t pad) {
  if (hasDuplicates(order))
    return emitError() << "expected every axis of order once (C1)";
  if (laneAxes.size() != laneSizes.size() || hasDuplicates(laneAxes))
    return emitError() << "expected one lane size for each of different axes (C2)";
  int64_t lanes = 1;
  for (int64_t size : laneSizes) {
    if (size < 1 || size > 64 || !std::has_single_bit(static_cast<uint64_t>(size)))
      return emitError() << "expected lanes that are a power of two from 1 to 64 (C2), got "
                         << size;
    lanes *= size;
    if (lanes > 64)
      return emitError() << "expected at most 64 lanes in all (C2), got " << lanes;
  }
  if (pad < 1 || pad > 64)
    return emitError() << "expected pad from 1 to 64 (C3), got " << pad;
  return success();
}

//===----------------------------------------------------------------------===//
// ChoiceAttr: <algorithm = "fft", radices = [5, 4], lanes = 16, ...>
//===----------------------------------------------------------------------===//

namespace {
/// What the parser has read of a choice.
struct ChoiceFields {
  std::string algorithm, reason;
  SmallVector<int64_t> radices, tile;
  int64_t rows = 0, lanes = 1, tasks = 1, flop = 0, bytes = 0, nanoseconds = 0;
};
} // namespace

static ParseResult parseChoiceField(AsmParser &parser, StringRef name, ChoiceFields &fields) {
  if (name == "algorithm")
    return parser.parseString(&fields.algorithm);
  if (name == "reason")
    return parser.parseString(&fields.reason);
  if (name == "radices" || name == "tile") {
    SmallVector<int64_t> &list = name == "radices" ? fields.radices : fields.tile;
    return parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                          [&] { return parser.parseInteger(list.emplace_back()); });
  }
  int64_t &number = name == "rows"    ? fields.rows
                    : name == "lanes" ? fields.lanes
                    : name == "tasks" ? fields.tasks
                    : name == "flop"  ? fields.flop
                    : name == "bytes" ? fields.bytes
                                      : fields.nanoseconds;
  return parser.parseInteger(number);
}

Attribute ChoiceAttr::parse(AsmParser &parser, Type) {
  ChoiceFields fields;
  const SMLoc loc = parser.getCurrentLocation();
  auto parseField = [&](StringRef name) { return parseChoiceField(parser, name, fields); };
  if (parser.parseLess() ||
      parseNamedFields(parser,
                       {"algorithm", "radices", "rows", "tile", "lanes", "tasks", "flop", "bytes",
                        "nanoseconds", "reason"},
                       parseField) ||
      parser.parseGreater())
    return {};
  MLIRContext *context = parser.getContext();
  return ChoiceAttr::getChecked(
      [&] { return parser.emitError(loc); }, context, StringAttr::get(context, fields.algorithm),
      fields.radices, fields.rows, fields.tile, fields.lanes, fields.tasks, fields.flop,
      fields.bytes, fields.nanoseconds, StringAttr::get(context, fields.reason));
}

LogicalResult ChoiceAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringAttr,
                                 ArrayRef<int64_t>, int64_t, ArrayRef<int64_t> tile, int64_t,
                                 int64_t, int64_t, int64_t, int64_t, StringAttr) {
  if (!tile.empty() && !stage::isTile(tile))
    return emitError() << "expected tile to be " << stage::kTileRule << ", got [" << tile << ']';
  return success();
}

void ChoiceAttr::print(AsmPrinter &printer) const {
  printer << "<algorithm = " << getAlgorithm();
  if (!getRadices().empty()) {
    printer << ", radices = [";
    llvm::interleaveComma(getRadices(), printer);
    printer << ']';
  }
  if (getRows() != 0)
    printer << ", rows = " << getRows();
  if (!getTile().empty()) {
    printer << ", tile = [";
    llvm::interleaveComma(getTile(), printer);
    printer << ']';
  }
  printer << ", lanes = " << getLanes() << ", tasks = " << getTasks() << ", flop = " << getFlop()
          << ", bytes = " << getBytes() << ", nanoseconds = " << getNanoseconds()
          << ", reason = " << getReason() << '>';
}
