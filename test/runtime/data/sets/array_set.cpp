//===- array_set.cpp - tests of samples in arrays ---------------*- C++ -*-===//

#include "runtime/data/sets/array_set.h"

#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#if SPHERICAL_HAS_NETCDF
#include <netcdf.h>
#endif

#include <cmath>
#include <limits>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsNan;

std::unique_ptr<DataSet> openAll(const std::string &path, const SetOptions &options = {}) {
  return makeArraySet(openArrayFile(path, *arrayFormOf(path)), options);
}

TEST(ArraySet, LoadsSamplesWithClasses) {
  const TemporaryFolder folder;
  makeArrays(folder.file("a.safetensors"),
             {{"x", ramp<float>({3, 2, 4, 4})}, {"labels", ramp<int64_t>({3}, 5.0, -3.0)}},
             {{"classes", {"a", "b"}}});
  const auto set = openAll(folder.file("a.safetensors"));
  EXPECT_EQ(set->count(), 3);
  EXPECT_EQ(set->layout().channels, 2);
  EXPECT_EQ(gridText(set->layout().grid), "soft 4x4");
  EXPECT_EQ(set->target().kind, TargetKind::Class);
  EXPECT_EQ(valuesOf(*set, 2)[31], 95.0f);
  EXPECT_THAT(classesOf(*set, 0), ElementsAre(5));
  EXPECT_THAT(classesOf(*set, 2), ElementsAre(-1)); // none
  EXPECT_THAT(set->sampleName(1), HasSubstr("a.safetensors[1]"));
}

TEST(ArraySet, KnowsGridsByShapeAndByName) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeArrays(path, {{"x", ramp<float>({1, 3, 4, 8})}});
  EXPECT_EQ(gridText(openAll(path)->layout().grid), "equirectangular 4x8");
  EXPECT_EQ(gridText(openAll(path, {.grid = parseGrid("planar")})->layout().grid), "planar 4x8");
  EXPECT_THAT(messageOf([&] { openAll(path, {.grid = parseGrid("soft")}); }),
              HasSubstr("expected 2b x 2b samples on the grid soft, got 4x8"));
  makeArrays(path, {{"x", ramp<float>({2, 3, 48})}, {"labels", ramp<uint8_t>({2, 48})}},
             {{"grid", {"healpix-ring 2"}}});
  const auto set = openAll(path);
  EXPECT_EQ(gridText(set->layout().grid), "healpix-ring 2");
  EXPECT_EQ(set->layout().channels, 3);
  EXPECT_EQ(set->target().classes, 48);
}

TEST(ArraySet, ScalesPixelsOnly) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeArrays(path, {{"x", ramp<uint8_t>({1, 2, 2}, 0.0, 85.0)}, {"target", ramp<uint8_t>({1, 3})}});
  const auto set = openAll(path);
  EXPECT_THAT(valuesOf(*set, 0), ElementsAre(0.0f, 85.0f / 255, 170.0f / 255, 1.0f));
  std::vector<float> x(4), target(3);
  set->load(0, x.data(), {nullptr, target.data()});
  EXPECT_EQ(set->target().kind, TargetKind::Values);
  EXPECT_THAT(target, ElementsAre(0.0f, 1.0f, 2.0f));
}

TEST(ArraySet, TakesWhatIsMissingAsNaN) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.safetensors");
  Tensor x = ramp<double>({2, 2, 2});
  x.as<double>()[1] = std::numeric_limits<double>::quiet_NaN();
  x.as<double>()[2] = -1.6375e30;
  Tensor mask = ramp<uint8_t>({2, 2}, 1.0, 0.0);
  mask.as<uint8_t>()[3] = 0;
  makeArrays(path, {{"x", x}, {"mask", mask}});
  const auto set = openAll(path);
  EXPECT_THAT(valuesOf(*set, 0), ElementsAre(0.0f, IsNan(), IsNan(), IsNan()));
  EXPECT_THAT(valuesOf(*set, 1), ElementsAre(4.0f, 5.0f, 6.0f, IsNan()));
}

TEST(ArraySet, ReadsFieldsAsTargets) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeArrays(path, {{"x", ramp<float>({2, 3, 4, 4})}, {"target", ramp<float>({2, 2, 4, 4})}});
  const TargetLayout target = openAll(path)->target();
  EXPECT_EQ(target.kind, TargetKind::Field);
  EXPECT_EQ(target.values, 32);
  EXPECT_EQ(target.channels, 2);
}

TEST(ArraySet, TakesAnIgnoredLabelAsNone) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz");
  makeArrays(path, {{"x", ramp<float>({1, 2, 2})}, {"labels", ramp<uint8_t>({1, 2, 2}, 252)}});
  EXPECT_THAT(classesOf(*openAll(path, {.ignore = 255}), 0), ElementsAre(252, 253, 254, -1));
}

#if SPHERICAL_HAS_NETCDF
/// x [1, 2, 2] of 16-bit integers, packed, in a file of that format.
void makePacked(const std::string &path, int format) {
  int file, dimensions[3], variable;
  ASSERT_EQ(nc_create(path.c_str(), format, &file), NC_NOERR);
  const char *const names[] = {"time", "lat", "lon"};
  for (int i = 0; i < 3; ++i)
    nc_def_dim(file, names[i], i == 0 ? 1 : 2, &dimensions[i]);
  nc_def_var(file, "x", NC_SHORT, 3, dimensions, &variable);
  const short fill = -999;
  const double scale = 0.5, offset = 100.0;
  nc_put_att_short(file, variable, "_FillValue", NC_SHORT, 1, &fill);
  nc_put_att_double(file, variable, "scale_factor", NC_DOUBLE, 1, &scale);
  nc_put_att_double(file, variable, "add_offset", NC_DOUBLE, 1, &offset);
  nc_enddef(file);
  const short values[] = {0, 3, -999, -4};
  nc_put_var_short(file, variable, values);
  ASSERT_EQ(nc_close(file), NC_NOERR);
}

TEST(ArraySet, UnpacksNetCdfOfBothFormats) {
  const TemporaryFolder folder;
  makePacked(folder.file("3.nc"), NC_CLOBBER);
  makePacked(folder.file("4.nc"), NC_CLOBBER | NC_NETCDF4);
  for (const char *name : {"3.nc", "4.nc"})
    EXPECT_THAT(valuesOf(*openAll(folder.file(name)), 0),
                ElementsAre(100.0f, 101.5f, IsNan(), 98.0f))
        << name;
  if (!SPHERICAL_HAS_HDF5)
    return;
  // NetCDF-4 is HDF5, and keeps its conventions under another name.
  std::filesystem::rename(folder.file("4.nc"), folder.file("4.h5"));
  EXPECT_THAT(valuesOf(*openAll(folder.file("4.h5")), 0),
              ElementsAre(100.0f, 101.5f, IsNan(), 98.0f));
}

// Attributes of another type than the values, which hold them rounded, and both of them.
TEST(ArraySet, MissingValuesOfNetCdfMayBeRounded) {
  const TemporaryFolder folder;
  for (const int format : {NC_CLOBBER, NC_CLOBBER | NC_NETCDF4}) {
    const std::string path = folder.file(std::to_string(format) + ".nc");
    int file, dimensions[3], variable;
    ASSERT_EQ(nc_create(path.c_str(), format, &file), NC_NOERR);
    for (int i = 0; i < 3; ++i)
      nc_def_dim(file, ("d" + std::to_string(i)).c_str(), i == 0 ? 1 : 2, &dimensions[i]);
    nc_def_var(file, "x", NC_FLOAT, 3, dimensions, &variable);
    const float fill = -5.0f;
    const double missing = 1e20;
    nc_put_att_float(file, variable, "_FillValue", NC_FLOAT, 1, &fill);
    nc_put_att_double(file, variable, "missing_value", NC_DOUBLE, 1, &missing);
    nc_enddef(file);
    const float values[] = {1.0f, 1e20f, -5.0f, 4.0f};
    nc_put_var_float(file, variable, values);
    ASSERT_EQ(nc_close(file), NC_NOERR);
    EXPECT_THAT(valuesOf(*openAll(path), 0), ElementsAre(1.0f, IsNan(), IsNan(), 4.0f));
  }
}
#endif

TEST(ArraySet, RefusesGridsThatCannotBe) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.npz"); // nside 3 is no power of two
  makeArrays(path, {{"x", ramp<float>({1, 1, 108})}});
  EXPECT_THROW(openAll(path, {.grid = parseGrid("healpix-nested")}), std::runtime_error);
  EXPECT_NO_THROW(openAll(path, {.grid = parseGrid("healpix-ring")}));
}

} // namespace
} // namespace spherical::runtime
