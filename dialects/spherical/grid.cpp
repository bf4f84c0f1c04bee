//===- grid.cpp - kernel points on S2 and SO(3) -----------------*- C++ -*-===//
//
// The families of points, their assembly form and their constraints. The
// formulas are those of the table in attributes.td.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/assembly.h"
#include "dialects/spherical/dialect.h"

#include "llvm/ADT/STLExtras.h"

#include <cmath>
#include <numbers>

using namespace mlir;
using namespace mlir::spherical;

static constexpr double pi = std::numbers::pi;
static constexpr int64_t maxCount = 4096;
static constexpr int64_t maxPoints = int64_t(1) << 20;

//===----------------------------------------------------------------------===//
// Points
//===----------------------------------------------------------------------===//

/// n angles evenly from first to last, both included; first alone if n = 1.
static SmallVector<double> evenly(double first, double last, int64_t n) {
  SmallVector<double> angles;
  const double step = n > 1 ? (last - first) / static_cast<double>(n - 1) : 0.0;
  for (int64_t i = 0; i < n; ++i)
    angles.push_back(static_cast<double>(i) * step + first);
  if (n > 1)
    angles.back() = last;
  return angles;
}

/// 2 pi (0 .. n-1) / n.
static SmallVector<double> circle(int64_t n) {
  SmallVector<double> angles;
  for (int64_t i = 0; i < n; ++i)
    angles.push_back(2 * pi * static_cast<double>(i) / static_cast<double>(n));
  return angles;
}

/// maxBeta (1 .. n) / n.
static SmallVector<double> rings(double maxBeta, int64_t n) {
  SmallVector<double> angles;
  for (int64_t i = 1; i <= n; ++i)
    angles.push_back(static_cast<double>(i) * maxBeta / static_cast<double>(n));
  return angles;
}

/// pi (2j + 1) / (4b), j < 2b.
static SmallVector<double> softBeta(int64_t b) {
  SmallVector<double> angles;
  for (int64_t j = 0; j < 2 * b; ++j)
    angles.push_back(pi * static_cast<double>(2 * j + 1) / static_cast<double>(4 * b));
  return angles;
}

/// All combinations, beta slowest; gamma becomes gamma - alpha if shifted.
static SmallVector<std::array<double, 3>> product(ArrayRef<double> betas, ArrayRef<double> alphas,
                                                  ArrayRef<double> gammas, bool shifted) {
  SmallVector<std::array<double, 3>> points;
  for (double beta : betas)
    for (double alpha : alphas)
      for (double gamma : gammas)
        points.push_back({beta, alpha, shifted ? gamma - alpha : gamma});
  return points;
}

/// The points of a flat list of `angles` numbers a point.
static SmallVector<std::array<double, 3>> freeList(ArrayRef<double> numbers, size_t angles) {
  SmallVector<std::array<double, 3>> points;
  for (size_t i = 0; i + angles <= numbers.size(); i += angles)
    points.push_back({numbers[i], numbers[i + 1], angles == 3 ? numbers[i + 2] : 0.0});
  return points;
}

SmallVector<std::array<double, 3>> GridAttr::points() const {
  const double equator = pi / 2;
  auto equatorial = [&] {
    return evenly(equator - getMaxBeta(), equator + getMaxBeta(), getBeta());
  };
  auto gammas = [&] { return evenly(-getMaxGamma(), getMaxGamma(), getGamma()); };
  const auto soft = [&] { return circle(2 * getBandLimit()); };
  switch (getKind()) {
  case GridKind::S2NearIdentity:
    return product(rings(getMaxBeta(), getBeta()), circle(getAlpha()), {0.0}, false);
  case GridKind::S2Equatorial:
    return product(equatorial(), circle(getAlpha()), {0.0}, false);
  case GridKind::S2Soft:
    return product(softBeta(getBandLimit()), soft(), {0.0}, false);
  case GridKind::S2Points:
    return freeList(getCoordinates(), 2);
  case GridKind::SO3NearIdentity:
    return product(rings(getMaxBeta(), getBeta()), circle(getAlpha()), gammas(), true);
  case GridKind::SO3Equatorial:
    return product(equatorial(), circle(getAlpha()), gammas(), false);
  case GridKind::SO3Soft:
    return product(softBeta(getBandLimit()), soft(), soft(), false);
  case GridKind::SO3Points:
    return freeList(getCoordinates(), 3);
  }
  llvm_unreachable("all kinds are covered");
}

static int64_t countPoints(GridKind kind, int64_t beta, int64_t alpha, int64_t gamma,
                           int64_t coordinates) {
  switch (kind) {
  case GridKind::S2NearIdentity:
  case GridKind::S2Equatorial:
    return beta * alpha;
  case GridKind::SO3NearIdentity:
  case GridKind::SO3Equatorial:
    return beta * alpha * gamma;
  case GridKind::S2Soft:
    return 4 * beta * beta;
  case GridKind::SO3Soft:
    return 8 * beta * beta * beta;
  case GridKind::S2Points:
    return coordinates / 2;
  case GridKind::SO3Points:
    return coordinates / 3;
  }
  llvm_unreachable("all kinds are covered");
}

int64_t GridAttr::numPoints() const {
  return countPoints(getKind(), getBeta(), getAlpha(), getGamma(), getCoordinates().size());
}

static bool isOnSO3(GridKind kind) {
  return kind == GridKind::SO3NearIdentity || kind == GridKind::SO3Equatorial ||
         kind == GridKind::SO3Soft || kind == GridKind::SO3Points;
}

static bool isSoft(GridKind kind) { return kind == GridKind::S2Soft || kind == GridKind::SO3Soft; }

static bool isNearIdentity(GridKind kind) {
  return kind == GridKind::S2NearIdentity || kind == GridKind::SO3NearIdentity;
}

static bool isFreeList(GridKind kind) {
  return kind == GridKind::S2Points || kind == GridKind::SO3Points;
}

bool GridAttr::onSO3() const { return isOnSO3(getKind()); }

//===----------------------------------------------------------------------===//
// Constraints
//===----------------------------------------------------------------------===//

static LogicalResult verifyCounts(function_ref<InFlightDiagnostic()> emitError, GridKind kind,
                                  ArrayRef<int64_t> counts, int64_t coordinates) {
  for (int64_t count : counts)
    if (count < 1 || count > maxCount)
      return emitError() << "expected counts from 1 to " << maxCount << " (C1), got " << count;
  SmallVector<int64_t> padded(counts);
  padded.resize(3, 1);
  const int64_t points = countPoints(kind, padded[0], padded[1], padded[2], coordinates);
  if (points > maxPoints)
    return emitError() << "expected at most " << maxPoints << " points (C1), got " << points;
  return success();
}

/// Whether the angle lies in [low, high], or as little beyond it as a rounded pi does.
static bool isWithin(double angle, double low, double high) {
  constexpr double slack = 1e-5;
  return angle >= low * (1 + slack) && angle <= high * (1 + slack);
}

LogicalResult GridAttr::verify(function_ref<InFlightDiagnostic()> emitError, GridKind kind,
                               int64_t beta, int64_t alpha, int64_t gamma, Double maxBeta,
                               Double maxGamma, DenseF64ArrayAttr coordinates) {
  SmallVector<int64_t> counts;
  if (!isFreeList(kind))
    counts.push_back(beta);
  if (!isFreeList(kind) && !isSoft(kind))
    counts.push_back(alpha);
  if (counts.size() == 2 && isOnSO3(kind))
    counts.push_back(gamma);
  if (failed(verifyCounts(emitError, kind, counts, coordinates.size())))
    return failure();
  const bool equatorial = kind == GridKind::S2Equatorial || kind == GridKind::SO3Equatorial;
  const double mostBeta = equatorial ? pi / 2 : pi;
  if (!isWithin(maxBeta, 0.0, mostBeta))
    return emitError() << "expected max_beta from 0 to " << (equatorial ? "pi/2" : "pi")
                       << " (C2), got " << formatNumber(maxBeta);
  if (!isWithin(maxGamma, 0.0, 2 * pi))
    return emitError() << "expected max_gamma from 0 to 2 pi (C2), got " << formatNumber(maxGamma);
  const int64_t angles = isOnSO3(kind) ? 3 : 2;
  if (isFreeList(kind) && (coordinates.empty() || coordinates.size() % angles != 0))
    return emitError() << "expected one or more points of " << angles << " angles (C3), got "
                       << coordinates.size() << " angles in all";
  for (auto [i, angle] : llvm::enumerate(coordinates.asArrayRef()))
    if (const bool isBeta = i % angles == 0;
        !isWithin(angle, isBeta ? 0.0 : -4 * pi, isBeta ? pi : 4 * pi))
      return emitError() << "expected points with "
                         << (isBeta ? "beta from 0 to pi" : "alpha and gamma from -4 pi to 4 pi")
                         << " (C2), got " << formatNumber(angle);
  return success();
}

//===----------------------------------------------------------------------===//
// Assembly form
//===----------------------------------------------------------------------===//

namespace {
/// What the parser has read of a grid.
struct GridFields {
  GridKind kind;
  int64_t beta = 0, alpha = 0;
  std::optional<int64_t> gamma;
  double maxBeta = 0.0, maxGamma = 0.0;
  SmallVector<double> coordinates;
};
} // namespace

static GridFields defaultFields(GridKind kind) {
  GridFields fields;
  fields.kind = kind;
  if (isNearIdentity(kind)) {
    fields.beta = 3;
    fields.alpha = 8;
    fields.maxBeta = pi / 8;
    fields.maxGamma = kind == GridKind::SO3NearIdentity ? 2 * pi : 0.0;
  } else if (!isSoft(kind) && !isFreeList(kind)) {
    fields.beta = 1;
    fields.alpha = 32;
    if (kind == GridKind::SO3Equatorial) {
      fields.gamma = 2;
      fields.maxGamma = pi / 8;
    }
  }
  return fields;
}

static ParseResult parseFamily(AsmParser &parser, GridFields &fields) {
  if (failed(parser.parseOptionalLess()))
    return success();
  SmallVector<StringRef> names = {"beta", "alpha", "max_beta"};
  if (isOnSO3(fields.kind))
    names.append({"gamma", "max_gamma"});
  auto parseValue = [&](StringRef name) -> ParseResult {
    if (name == "beta")
      return parser.parseInteger(fields.beta);
    if (name == "alpha")
      return parser.parseInteger(fields.alpha);
    if (name == "gamma")
      return parser.parseInteger(fields.gamma.emplace());
    return parseNumber(parser, name == "max_beta" ? fields.maxBeta : fields.maxGamma);
  };
  return failure(parseNamedFields(parser, names, parseValue) || parser.parseGreater());
}

/// points<so3, [[beta, alpha, gamma], ...]> behind the keyword `points`.
static ParseResult parseFreeList(AsmParser &parser, GridFields &fields) {
  StringRef manifold;
  SMLoc loc;
  if (parser.parseLess() || parser.getCurrentLocation(&loc) || parser.parseKeyword(&manifold))
    return failure();
  if (manifold != "s2" && manifold != "so3")
    return parser.emitError(loc) << "expected s2 or so3, got " << manifold;
  fields.kind = manifold == "so3" ? GridKind::SO3Points : GridKind::S2Points;
  const size_t angles = manifold == "so3" ? 3 : 2;
  auto parsePoint = [&]() -> ParseResult {
    const SMLoc start = parser.getCurrentLocation();
    const size_t before = fields.coordinates.size();
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, [&] {
          return parseNumber(parser, fields.coordinates.emplace_back());
        }))
      return failure();
    if (fields.coordinates.size() != before + angles)
      return parser.emitError(start) << "expected " << angles << " angles a point, got "
                                     << fields.coordinates.size() - before;
    return success();
  };
  return failure(parser.parseComma() ||
                 parser.parseCommaSeparatedList(AsmParser::Delimiter::Square, parsePoint) ||
                 parser.parseGreater());
}

Attribute GridAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  SMLoc keywordLoc;
  if (parser.parseLess() || parser.getCurrentLocation(&keywordLoc) || parser.parseKeyword(&keyword))
    return {};
  std::optional<GridKind> kind = symbolizeGridKind(keyword);
  if (keyword == "points")
    kind = GridKind::S2Points;
  if (!kind || (isFreeList(*kind) && keyword != "points")) {
    parser.emitError(keywordLoc) << "expected s2_near_identity, s2_equatorial, s2_soft, "
                                    "so3_near_identity, so3_equatorial, so3_soft or points, got "
                                 << keyword;
    return {};
  }
  GridFields fields = defaultFields(*kind);
  ParseResult parsed = success();
  if (isFreeList(*kind))
    parsed = parseFreeList(parser, fields);
  else if (isSoft(*kind))
    parsed =
        failure(parser.parseLess() || parser.parseInteger(fields.beta) || parser.parseGreater());
  else
    parsed = parseFamily(parser, fields);
  if (parsed || parser.parseGreater())
    return {};
  const int64_t gamma = isOnSO3(fields.kind) && !isSoft(fields.kind) && !isFreeList(fields.kind)
                            ? fields.gamma.value_or(fields.alpha)
                            : 0;
  return parser.getChecked<GridAttr>(
      loc, parser.getContext(), fields.kind, fields.beta, fields.alpha, gamma,
      Double(fields.maxBeta), Double(fields.maxGamma),
      DenseF64ArrayAttr::get(parser.getContext(), fields.coordinates));
}

static void printFreeList(AsmPrinter &printer, GridAttr grid) {
  printer << "points<" << (grid.onSO3() ? "so3" : "s2") << ", [";
  llvm::interleaveComma(grid.points(), printer, [&](const std::array<double, 3> &point) {
    printer << '[' << formatNumber(point[0]) << ", " << formatNumber(point[1]);
    if (grid.onSO3())
      printer << ", " << formatNumber(point[2]);
    printer << ']';
  });
  printer << "]>";
}

void GridAttr::print(AsmPrinter &printer) const {
  printer << '<';
  if (isFreeList(getKind())) {
    printFreeList(printer, *this);
  } else {
    printer << stringifyGridKind(getKind()) << '<';
    if (isSoft(getKind())) {
      printer << getBandLimit();
    } else {
      printer << "beta = " << getBeta() << ", alpha = " << getAlpha();
      if (onSO3())
        printer << ", gamma = " << getGamma();
      printer << ", max_beta = " << formatNumber(getMaxBeta());
      if (onSO3())
        printer << ", max_gamma = " << formatNumber(getMaxGamma());
    }
    printer << '>';
  }
  printer << '>';
}
