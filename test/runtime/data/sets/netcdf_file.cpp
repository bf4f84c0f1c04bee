//===- netcdf_file.cpp - tests of what attributes make of values -===//

#include "runtime/data/sets/array_values.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#if SPHERICAL_HAS_NETCDF

#include <netcdf.h>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;

constexpr int classicFormat = 0;

/// The numbers of a variable of `type` that has the attribute _Unsigned and a fill value.
std::vector<double> numbersOf(int format, nc_type type, const char *isUnsigned,
                              const std::vector<int> &values, int fill) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.nc");
  int file = 0, axis = 0, x = 0;
  EXPECT_EQ(nc_create(path.c_str(), format, &file), NC_NOERR);
  nc_def_dim(file, "n", values.size(), &axis);
  nc_def_var(file, "x", type, 1, &axis, &x);
  if (format == classicFormat)
    nc_put_att_text(file, x, "_Unsigned", std::string(isUnsigned).size(), isUnsigned);
  else
    nc_put_att_string(file, x, "_Unsigned", 1, &isUnsigned);
  EXPECT_EQ(nc_put_att_int(file, x, "_FillValue", type, 1, &fill), NC_NOERR);
  nc_enddef(file);
  EXPECT_EQ(nc_put_var_int(file, x, values.data()), NC_NOERR);
  nc_close(file);
  return readAll(*openNetCdf(path).arrays.at("x"));
}

TEST(NetCdfFile, ReadsIntegersWithTheSignThatIsMeant) {
  EXPECT_THAT(numbersOf(classicFormat, NC_BYTE, "true", {1, -1, -2}, -2),
              ElementsAre(1.0, 255.0, testing::IsNan()));
  EXPECT_THAT(numbersOf(classicFormat, NC_SHORT, "true", {7, -1, -32768}, 5),
              ElementsAre(7.0, 65535.0, 32768.0));
  EXPECT_THAT(numbersOf(classicFormat, NC_SHORT, "false", {7, -1, 5}, 5),
              ElementsAre(7.0, -1.0, testing::IsNan()));
  EXPECT_THAT(numbersOf(NC_NETCDF4, NC_INT, "true", {1, -1, 2}, 2),
              ElementsAre(1.0, 4294967295.0, testing::IsNan()));
  EXPECT_THAT(numbersOf(NC_NETCDF4, NC_UBYTE, "false", {1, 255, 254}, 254),
              ElementsAre(1.0, -1.0, testing::IsNan()));
}

} // namespace
} // namespace spherical::runtime

#endif
