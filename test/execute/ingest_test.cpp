//===- ingest_test.cpp - users' fields on a model's grid and back ---------===//
//
// The program between grids against the definitions: by quadrature, by least
// squares, by interpolation, and rotated.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/ingest.h"

#include "runtime/reference/rotation.h"
#include "runtime/reference/sample_grid.h"
#include "test/runtime/reference/random_values.h"

#include <gtest/gtest.h>

#include <cmath>

namespace spherical {
namespace {

using driver::Ingest;
using driver::IngestMethod;
using driver::IngestOptions;
using reference::Complex;
using reference::Domain;
using runtime::GridKind;
using runtime::SampleGrid;

reference::SampleGrid definitionOf(const SampleGrid &grid) {
  return {static_cast<reference::GridKind>(grid.kind), grid.rows, grid.columns, grid.nside};
}

std::vector<Complex> hermitianSpectra(int64_t count, int64_t degrees) {
  const int64_t size = degrees * degrees;
  const std::vector<Complex> values = reference::randomComplex(count * size, 12);
  std::vector<Complex> result;
  for (int64_t s = 0; s < count; ++s) {
    const auto one = reference::hermitianPart(Domain::S2, degrees, &values[s * size]);
    result.insert(result.end(), one.begin(), one.end());
  }
  return result;
}

std::vector<double> fieldsOf(const SampleGrid &grid, int64_t degrees,
                             const std::vector<Complex> &spectra) {
  const auto count = static_cast<int64_t>(spectra.size()) / (degrees * degrees);
  return reference::gridSynthesis({definitionOf(grid), count, degrees}, spectra);
}

std::unique_ptr<Ingest> made(const IngestOptions &options) {
  auto ingest = Ingest::create(options);
  if (!ingest) {
    ADD_FAILURE() << ingest.error().message;
    return nullptr;
  }
  return std::move(*ingest);
}

std::vector<float> ran(Ingest &ingest, const IngestOptions &options,
                       const std::vector<double> &fields, int64_t count,
                       const std::vector<float> &angles = {}) {
  const std::vector<float> x(fields.begin(), fields.end());
  std::vector<float> y(count * options.channels * options.to.points(), -9.0F);
  ingest.run(x.data(), angles.empty() ? nullptr : angles.data(), count, y.data());
  return y;
}

/// |a - b| / |b|, sums over all values.
double distance(const std::vector<float> &a, const std::vector<double> &b) {
  EXPECT_EQ(a.size(), b.size());
  double error = 0.0, norm = 0.0;
  for (size_t i = 0; i < b.size(); ++i) {
    error += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return std::sqrt(error / norm);
}

const std::vector<SampleGrid> grids = {{GridKind::Soft, 16, 16},
                                       {GridKind::Equirectangular, 15, 21},
                                       {GridKind::EquirectangularPoles, 17, 16},
                                       {GridKind::DriscollHealy, 16, 15},
                                       {GridKind::GaussLegendre, 8, 15},
                                       {GridKind::HealpixRing, 0, 0, 4},
                                       {GridKind::HealpixNested, 0, 0, 4}};

// A field of 8 degrees, values in single precision; 7 samples in parts of 3. HEALPix at b = 2 nside
// is left with 0.16^7 = 3e-6 by six steps.
TEST(Ingest, OneFieldEntersOnEveryGridAndComesBack) {
  const int64_t b = 8, channels = 2, count = 7;
  const std::vector<Complex> spectra = hermitianSpectra(count * channels, b);
  const std::vector<double> soft = fieldsOf(driver::softGrid(b), b, spectra);
  for (const SampleGrid &grid : grids) {
    SCOPED_TRACE(runtime::gridText(grid));
    const double bound = grid.isHealpix() ? 5e-6 : 1e-6;
    IngestOptions options{grid, driver::softGrid(b), channels, 3, b};
    const std::vector<double> fields = fieldsOf(grid, b, spectra);
    const auto in = made(options);
    EXPECT_LT(distance(ran(*in, options, fields, count), soft), bound);
    EXPECT_LT(in->residual().relative(), bound);
    EXPECT_EQ(in->residual().relative() > 0.0, grid.isHealpix());
    std::swap(options.from, options.to);
    EXPECT_LT(distance(ran(*made(options), options, soft, count), fields), 1e-6);
  }
}

// Every target has the same program; the reference in fp64 has the exact one.
TEST(Ingest, RunsOnEveryTarget) {
  const int64_t b = 4, count = 3;
  const std::vector<Complex> spectra = hermitianSpectra(count, b);
  const SampleGrid grid{GridKind::HealpixNested, 0, 0, 2};
  for (const char *target : {"reference", "cuda-emulated:strict"}) {
    IngestOptions options{grid, driver::softGrid(b), 1, 2, b};
    options.rotated = true;
    options.session.target = target;
    const std::vector<float> angles = {0.5F, 1.0F, -2.0F, 3.0F, 0.25F, 0.0F, -1.0F, 2.0F, 9.0F};
    const auto turned =
        reference::rotateSamples(count, 1, b, spectra, {angles.begin(), angles.end()});
    const auto ingest = made(options);
    EXPECT_LT(distance(ran(*ingest, options, fieldsOf(grid, b, spectra), count, angles),
                       fieldsOf(driver::softGrid(b), b, turned)),
              5e-6)
        << target;
    EXPECT_GT(ingest->residual().relative(), 0.0) << target;
  }
}

// A field with more degrees than the model takes loses them, and keeps the others.
TEST(Ingest, DegreesBeyondTheBandLimitAreLeftOut) {
  const int64_t high = 12, b = 5;
  const std::vector<Complex> spectra = hermitianSpectra(1, high);
  const SampleGrid grid{GridKind::Equirectangular, 24, 24};
  const IngestOptions options{grid, driver::softGrid(b), 1, 1, b};
  const std::vector<Complex> low(spectra.begin(), spectra.begin() + b * b);
  EXPECT_LT(distance(ran(*made(options), options, fieldsOf(grid, high, spectra), 1),
                     fieldsOf(driver::softGrid(b), b, low)),
            1e-6);
}

TEST(Ingest, BilinearIsThatOfTheDefinition) {
  const int64_t b = 6, degrees = 4, count = 2;
  const std::vector<Complex> spectra = hermitianSpectra(count, degrees);
  for (const SampleGrid &grid : {grids[1], grids.back()}) {
    IngestOptions options{grid, driver::softGrid(b), 1, count, b};
    options.method = IngestMethod::Bilinear;
    const std::vector<double> fields = fieldsOf(grid, degrees, spectra);
    EXPECT_LT(distance(ran(*made(options), options, fields, count),
                       reference::gridLinear(definitionOf(grid), b, count, fields)),
              1e-6);
  }
}

// By its spectrum, which loses what interpolation has folded beyond b: little, on a fine grid.
TEST(Ingest, BilinearFieldsRotateInTheirSpectrum) {
  const int64_t b = 8, degrees = 3;
  const std::vector<Complex> spectra = hermitianSpectra(1, degrees);
  const SampleGrid grid{GridKind::Equirectangular, 64, 128};
  IngestOptions options{grid, driver::softGrid(b), 1, 1, b};
  options.method = IngestMethod::Bilinear;
  options.rotated = true;
  const std::vector<float> angles = {0.5F, 1.25F, -2.0F};
  const auto turned =
      reference::rotateSamples(1, 1, degrees, spectra, {angles.begin(), angles.end()});
  EXPECT_LT(distance(ran(*made(options), options, fieldsOf(grid, degrees, spectra), 1, angles),
                     fieldsOf(driver::softGrid(b), degrees, turned)),
            5e-3);
}

// The two halves of the way are the way: spectra of all grids, then rotated fields of them.
TEST(Ingest, GoesByTheSpectrumInTwoParts) {
  const int64_t b = 8, channels = 2, count = 4;
  const std::vector<Complex> spectra = hermitianSpectra(count * channels, b);
  std::vector<float> angles;
  for (int64_t i = 0; i < 3 * count; ++i)
    angles.push_back(0.4F * static_cast<float>(i) - 1.0F);
  const auto turned =
      reference::rotateSamples(count, channels, b, spectra, {angles.begin(), angles.end()});
  for (const SampleGrid &grid : grids) {
    SCOPED_TRACE(runtime::gridText(grid));
    IngestOptions options{grid, driver::softGrid(b), channels, 3, b};
    options.part = driver::IngestPart::ToSpectrum;
    ASSERT_EQ(driver::ingestDegrees(options), b);
    const std::vector<double> fields = fieldsOf(grid, b, spectra);
    const std::vector<float> x(fields.begin(), fields.end());
    std::vector<float> between(spectra.size() * 2), y(count * channels * options.to.points());
    made(options)->run(x.data(), nullptr, count, between.data());
    std::vector<double> expected;
    for (const Complex &value : spectra)
      expected.insert(expected.end(), {value.real(), value.imag()});
    EXPECT_LT(distance(between, expected), grid.isHealpix() ? 5e-6 : 1e-6);
    options.part = driver::IngestPart::FromSpectrum;
    options.rotated = true;
    made(options)->run(between.data(), angles.data(), count, y.data());
    EXPECT_LT(distance(y, fieldsOf(driver::softGrid(b), b, turned)), 6e-6);
  }
}

// Labels of a rotated field lie where its values do: nearest values of a fine grid are off by half
// a step of it, a turn the other way by the whole field.
TEST(Ingest, NearestTurnsAsTheSpectrumDoes) {
  const int64_t degrees = 3;
  const std::vector<Complex> spectra = hermitianSpectra(1, degrees);
  const SampleGrid fine{GridKind::Equirectangular, 128, 256}, soft = driver::softGrid(degrees);
  const runtime::Rotation rotation = runtime::uniformRotations(1, 3, 0).front();
  const runtime::EulerAngles angles = rotation.eulerAngles();
  const auto turned =
      reference::rotateSamples(1, 1, degrees, spectra, {angles.alpha, angles.beta, angles.gamma});
  const std::vector<double> values = fieldsOf(fine, degrees, spectra);
  const std::vector<float> field(values.begin(), values.end());
  std::vector<float> out(soft.points());
  driver::takeNearest(runtime::NearestPoints(fine, soft).find(rotation), fine.points(), 4, 1,
                      std::as_bytes(std::span(field)).data(),
                      std::as_writable_bytes(std::span(out)).data());
  EXPECT_LT(distance(out, fieldsOf(soft, degrees, turned)), 0.03);
}

TEST(Ingest, BatchesAreBoundedInMemory) {
  EXPECT_EQ(driver::ingestBatch({GridKind::Equirectangular, 64, 128}, driver::softGrid(32), 3), 32);
  EXPECT_EQ(driver::ingestBatch({GridKind::HealpixRing, 0, 0, 256}, driver::softGrid(32), 3), 7);
  EXPECT_EQ(driver::ingestBatch(driver::softGrid(8), {GridKind::HealpixRing, 0, 0, 512}, 9), 1);
}

TEST(Ingest, NearestTakesLabelsAsTheyAre) {
  const SampleGrid from{GridKind::Equirectangular, 2, 4}, to{GridKind::Equirectangular, 4, 8};
  const std::vector<int64_t> nearest = runtime::NearestPoints(from, to).find();
  const std::vector<int32_t> labels = {1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18};
  std::vector<int32_t> out(64);
  driver::takeNearest(nearest, 8, 4, 2, std::as_bytes(std::span(labels)).data(),
                      std::as_writable_bytes(std::span(out)).data());
  for (int64_t j = 0; j < 4; ++j)
    for (int64_t k = 0; k < 8; ++k)
      EXPECT_EQ(out[32 + 8 * j + k], 10 + 4 * (j / 2) + k / 2 + 1) << j << " " << k;
}

TEST(Ingest, SaysWhereThereIsNoWay) {
  const auto message = [](const IngestOptions &options) {
    const auto ingest = Ingest::create(options);
    return ingest ? std::string() : ingest.error().message;
  };
  const SampleGrid panorama{GridKind::Equirectangular, 8, 16};
  EXPECT_EQ(message({{GridKind::Planar, 8, 8}, driver::softGrid(4), 1, 1, 4}),
            "spherical: error: expected a grid on the sphere, got planar 8x8");
  IngestOptions bilinear{driver::softGrid(4), panorama, 1, 1, 4};
  bilinear.method = IngestMethod::Bilinear;
  EXPECT_EQ(message(bilinear), "spherical: error: expected bilinear interpolation to a soft grid, "
                               "got equirectangular 8x16");
  EXPECT_EQ(message({panorama, driver::softGrid(257), 1, 1, 4}),
            "spherical: error: expected a soft grid of band-limit 256 at most, got soft 514x514");
  EXPECT_EQ(message({panorama, driver::softGrid(4), 1, 1, 257}),
            "spherical: error: expected a band-limit from 1 to 256, got 257");
  EXPECT_EQ(message({{GridKind::Equirectangular, 16384, 16384}, driver::softGrid(4), 1, 1, 256}),
            "spherical: error: expected tables of at most 268435456 numbers, got 547356672 for "
            "equirectangular 16384x16384 and 256 degrees");
  const IngestOptions plain{panorama, driver::softGrid(4), 1, 1, 4};
  const float angles[3] = {};
  float values[128] = {};
  EXPECT_THROW(made(plain)->run(values, angles, 1, values), std::runtime_error);
}

} // namespace
} // namespace spherical
