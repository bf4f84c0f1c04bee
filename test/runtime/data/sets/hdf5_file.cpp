//===- hdf5_file.cpp - tests of numbers of every layout in HDF5 -===//

#include "runtime/data/sets/array_values.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#if SPHERICAL_HAS_HDF5

#include <hdf5.h>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A file with one dataset x of three elements of a type, whose bytes are given.
class OneDataset {
public:
  explicit OneDataset(const std::string &path)
      : file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT)) {}
  ~OneDataset() { H5Fclose(file); }

  void write(hid_t type, const void *bytes, const char *isUnsigned = nullptr) {
    const hsize_t extent = 3, one = 1;
    const hid_t space = H5Screate_simple(1, &extent, nullptr),
                single = H5Screate_simple(1, &one, nullptr);
    const hid_t x = H5Dcreate2(file, "x", type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    EXPECT_GE(H5Dwrite(x, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes), 0);
    if (isUnsigned) {
      const hid_t word = H5Tcopy(H5T_C_S1);
      H5Tset_size(word, std::string(isUnsigned).size());
      const hid_t text = H5Acreate2(x, "_Unsigned", word, single, H5P_DEFAULT, H5P_DEFAULT);
      H5Awrite(text, word, isUnsigned);
      const int8_t missing = -2;
      const hid_t fill =
          H5Acreate2(x, "_FillValue", H5T_NATIVE_INT8, single, H5P_DEFAULT, H5P_DEFAULT);
      H5Awrite(fill, H5T_NATIVE_INT8, &missing);
      H5Aclose(text), H5Aclose(fill), H5Tclose(word);
    }
    H5Dclose(x), H5Sclose(space), H5Sclose(single);
  }

private:
  hid_t file;
};

/// The numbers of x, or why it cannot be read.
std::vector<double> numbersIn(const std::string &path) {
  return readAll(*openHdf5(path).arrays.at("x"));
}
std::string reasonIn(const std::string &path) { return openHdf5(path).unreadable.at("x"); }

/// Floating-point numbers of 16 bits with so many of exponent.
hid_t halves(size_t exponent, size_t bias) {
  const hid_t type = H5Tcopy(H5T_IEEE_F32LE);
  H5Tset_fields(type, 15, 15 - exponent, exponent, 0, 15 - exponent);
  H5Tset_ebias(type, bias);
  H5Tset_precision(type, 16);
  H5Tset_size(type, 2);
  return type;
}

TEST(Hdf5File, ReadsBfloat16AsWhatItIs) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const std::array<uint16_t, 3> bits = {0x3fc0, 0xc040, 0x7f00};
  OneDataset(path).write(halves(8, 127), bits.data());
  EXPECT_THAT(numbersIn(path), ElementsAre(1.5, -3.0, 0x1p127));
  const std::array<uint16_t, 3> ieee = {0x3e00, 0xc200, 0x7bff};
  OneDataset(path).write(halves(5, 15), ieee.data());
  EXPECT_THAT(numbersIn(path), ElementsAre(1.5, -3.0, 65504.0));
}

TEST(Hdf5File, SaysWhatItDoesNotRead) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const std::array<uint64_t, 6> bytes = {};
  OneDataset(path).write(halves(6, 31), bytes.data());
  EXPECT_THAT(reasonIn(path), HasSubstr("got floating-point numbers of 16 bits in 2 bytes, 6 of "
                                        "exponent and 9 of fraction"));
  OneDataset(path).write(halves(5, 16), bytes.data());
  EXPECT_THAT(reasonIn(path), HasSubstr("5 of exponent and 10 of fraction"));
  OneDataset(path).write(H5T_VAX_F32, bytes.data());
  EXPECT_THAT(reasonIn(path), HasSubstr("got VAX floating-point numbers of 32 bits"));
  OneDataset(path).write(H5T_NATIVE_LDOUBLE, bytes.data());
  EXPECT_THAT(reasonIn(path), HasSubstr("got floating-point numbers of"));
  const hid_t twelve = H5Tcopy(H5T_STD_I16LE);
  H5Tset_precision(twelve, 12);
  OneDataset(path).write(twelve, bytes.data());
  EXPECT_THAT(reasonIn(path), HasSubstr("got integers of 12 bits in 2 bytes"));
}

TEST(Hdf5File, ReadsBigEndianNumbers) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const std::array<uint8_t, 12> bytes = {0x3f, 0xc0, 0, 0, 0xc0, 0x40, 0, 0, 0x44, 0x80, 0, 0};
  OneDataset(path).write(H5T_IEEE_F32BE, bytes.data());
  EXPECT_THAT(numbersIn(path), ElementsAre(1.5, -3.0, 1024.0));
}

TEST(Hdf5File, ReadsIntegersWithoutTheSignOfTheirType) {
  const TemporaryFolder folder;
  const std::string path = folder.file("a.h5");
  const std::array<int8_t, 3> bytes = {1, -1, -2};
  OneDataset(path).write(H5T_STD_I8LE, bytes.data(), "true");
  EXPECT_THAT(numbersIn(path), ElementsAre(1.0, 255.0, testing::IsNan()));
}

} // namespace
} // namespace spherical::runtime

#endif
