//===- sample_grid.cpp - the grids of users' fields -------------*- C++ -*-===//
//
// SampleGridAttr: <equirectangular, 16x33>, <healpix_ring, 4>.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/sample_grid.h"

#include "dialects/spherical/assembly.h"

using namespace mlir;
using namespace mlir::spherical;

using RuntimeKind = ::spherical::runtime::GridKind;

static_assert(static_cast<int>(SampleGridKind::HealpixNested) ==
              static_cast<int>(RuntimeKind::HealpixNested));

static bool isHealpix(SampleGridKind kind) {
  return kind == SampleGridKind::HealpixRing || kind == SampleGridKind::HealpixNested;
}

::spherical::runtime::SampleGrid mlir::spherical::sampleGridOf(SampleGridAttr grid) {
  return {static_cast<RuntimeKind>(grid.getKind()), grid.getRows(), grid.getColumns(),
          grid.getNside()};
}

Attribute SampleGridAttr::parse(AsmParser &parser, Type) {
  const SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  SmallVector<int64_t> extents;
  int64_t nside = 0;
  if (parser.parseLess() || parser.parseKeyword(&keyword) || parser.parseComma())
    return {};
  std::optional<SampleGridKind> kind = symbolizeSampleGridKind(keyword);
  if (!kind) {
    parser.emitError(loc) << "expected soft, equirectangular, equirectangular_poles, "
                             "driscoll_healy, gauss_legendre, healpix_ring or healpix_nested, got "
                          << keyword;
    return {};
  }
  if (isHealpix(*kind) ? parser.parseInteger(nside)
                       : parser.parseDimensionList(extents, /*allowDynamic=*/false,
                                                   /*withTrailingX=*/false))
    return {};
  if (!isHealpix(*kind) && extents.size() != 2) {
    parser.emitError(loc) << "expected rows x columns, got " << extents.size() << " extents";
    return {};
  }
  extents.resize(2, 0);
  if (parser.parseGreater())
    return {};
  return parser.getChecked<SampleGridAttr>(loc, parser.getContext(), *kind, extents[0], extents[1],
                                           nside);
}

void SampleGridAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifySampleGridKind(getKind()) << ", ";
  if (isHealpix(getKind()))
    printer << getNside() << '>';
  else
    printer << getRows() << 'x' << getColumns() << '>';
}

LogicalResult SampleGridAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                     SampleGridKind kind, int64_t rows, int64_t columns,
                                     int64_t nside) {
  using namespace ::spherical::runtime;
  if (SampleGrid{static_cast<RuntimeKind>(kind), rows, columns, nside}.isPossible())
    return success();
  const StringRef name = stringifySampleGridKind(kind);
  if (isHealpix(kind))
    return emitError() << "expected nside of " << name << " from 1 to " << kMostNside
                       << (kind == SampleGridKind::HealpixNested ? ", a power of two" : "")
                       << " (C1), got " << nside;
  StringRef also = kind == SampleGridKind::Soft                   ? ", even and equal"
                   : kind == SampleGridKind::DriscollHealy        ? ", rows even"
                   : kind == SampleGridKind::EquirectangularPoles ? ", rows at least 2"
                                                                  : "";
  return emitError() << "expected rows and columns of " << name << " from 1 to " << kMostRows
                     << also << " (C1), got " << rows << 'x' << columns;
}
