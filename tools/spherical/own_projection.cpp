//===- own_projection.cpp - users' data on the grid of a model ------------===//

#include "tools/spherical/own_data.h"

#include <algorithm>
#include <cstdio>

namespace spherical::driver {

const runtime::SampleSource &OwnData::source() const {
  if (projected)
    return *projected;
  if (cached)
    return *cached;
  return *samples;
}

runtime::SampleCacheOptions cacheOf(const OwnDataOptions &options) {
  return {.folder = options.cache,
          .diskBytes = options.cacheSize,
          .note = [](const std::string &damage) {
            std::fprintf(stderr, "spherical: note: %s\n", damage.c_str());
          }};
}

/// Where samples are kept; who makes them knows how large they are.
static runtime::SampleCacheOptions cacheOf(const OwnData &data, const OwnDataOptions &options) {
  runtime::SampleCacheOptions cache = cacheOf(options);
  cache.memory = data.memory;
  cache.key = data.identity;
  return cache;
}

/// Samples that enter as they are: arrays are read where they lie, and pictures in memory are kept
/// as their files hold them, which takes a quarter of the memory.
static Status takeAsTheyAre(OwnData &data, const OwnDataOptions &options) {
  if (!options.cache.empty() && data.kind != runtime::SetKind::Arrays)
    data.cached = std::make_unique<runtime::CachedSamples>(*data.samples, cacheOf(data, options));
  return Done{};
}

/// What a network takes whose grid is not known must lie there already.
static Status expectAsItIs(OwnData &data, const OwnDataOptions &options) {
  const runtime::GridKind kind = data.samples->data().layout().grid.kind;
  if (options.rotate.empty() &&
      (kind == runtime::GridKind::Soft || kind == runtime::GridKind::Planar))
    return takeAsTheyAre(data, options);
  return commandError("expected a model description, or a graph with one result, for data that is "
                      "brought to another grid or rotated, got a program whose grid is not known",
                      "'spherical data convert' brings data to another grid");
}

Status project(OwnData &data, const OwnDataOptions &options,
               const std::optional<ModelInterface> &known, const SessionOptions &session,
               uint64_t seed) {
  if (!known)
    return expectAsItIs(data, options);
  const ModelInterface &model = *known;
  using Turn = ProjectionOptions::Turn;
  const Turn turn = options.rotate.empty()  ? Turn::None
                    : options.rotate == "z" ? Turn::Polar
                                            : Turn::All;
  const runtime::SampleGrid grid = data.samples->data().layout().grid;
  if (!model.spherical)
    return turn == Turn::None
               ? takeAsTheyAre(data, options)
               : commandError("--rotate turns functions on the sphere, expected a model of such, "
                              "got one of planar images");
  const int64_t bandLimit = model.input[1] / 2;
  if (turn == Turn::None && grid == softGrid(bandLimit))
    return takeAsTheyAre(data, options);
  ProjectionOptions wanted{.method = options.project == "exact" ? IngestMethod::Exact
                                                                : IngestMethod::Bilinear,
                           .turn = turn,
                           .seed = seed,
                           .session = session,
                           .cache = cacheOf(data, options)};
  Result<std::unique_ptr<ProjectedSamples>> projected =
      ProjectedSamples::create(*data.samples, bandLimit, wanted);
  if (!projected)
    return projected.error();
  data.projected = std::move(*projected);
  if (grid != softGrid(bandLimit))
    data.text += ", brought to " + gridText(softGrid(bandLimit)) +
                 (options.project == "exact"
                      ? " by " + std::to_string(std::min(bandLimit, grid.bandLimit())) + " degrees"
                      : ", bilinear");
  if (turn != Turn::None)
    data.text += turn == Turn::All ? ", rotated" : ", rotated about the polar axis";
  return Done{};
}

void printResidual(const OwnData &data) {
  if (const double left = data.projected ? data.projected->residual() : 0.0; left > 0)
    std::printf("projection: least squares leave %.2e of the fields\n", left);
}

} // namespace spherical::driver
