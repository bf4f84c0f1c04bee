//===- tables_test.cpp - tables of planned programs -------------*- C++ -*-===//

#include "passes/lower/reference/tables.h"

#include <gtest/gtest.h>

#include <cmath>

namespace spherical::reference {
namespace {

using runtime::Element;
using runtime::TableSpec;

/// The product's table and ours, two computations that share nothing, agree. Values are at most
/// 2l + 1 in size and off by l eps of that on both sides.
void expectAgreement(const TableSpec &spec) {
  std::vector<double> product(runtime::tableSize(spec)), values;
  runtime::fillTable(spec, product.data(), 1);
  ASSERT_EQ(referenceTable(spec, values), "") << spec.kind;
  ASSERT_EQ(values.size(), product.size()) << spec.kind;
  double largest = 0.0;
  for (double value : product)
    largest = std::max(largest, std::abs(value));
  for (size_t i = 0; i < values.size(); ++i)
    ASSERT_NEAR(values[i], product[i], 1e-13 * largest) << spec.kind << " " << i;
}

TEST(Tables, AgreeWithTheProduct) {
  for (int64_t factor : {0, 1}) {
    expectAgreement({"so3_wigner",
                     Element::F64,
                     {{"b", 5}, {"degrees", 7}, {"orders", 4}, {"factor", factor}},
                     {},
                     1.0});
    expectAgreement({"s2_wigner",
                     Element::F64,
                     {{"b", 6}, {"degrees", 5}, {"orders", 5}, {"factor", factor}},
                     {},
                     1.0});
  }
  for (int64_t half : {0, 1})
    expectAgreement({"s2_wigner",
                     Element::F64,
                     {{"b", 6},
                      {"degrees", 7},
                      {"orders", 6},
                      {"factor", 1},
                      {"half", half},
                      {"transposed", 1}},
                     {},
                     1.0});
  // In lanes, half of the latitudes, both; 5 and 6 latitudes leave lanes empty.
  for (int64_t lanes : {1, 2, 4, 16}) {
    expectAgreement({"so3_wigner",
                     Element::F64,
                     {{"b", 5}, {"degrees", 5}, {"orders", 5}, {"factor", 0}, {"lanes", lanes}},
                     {},
                     1.0});
    for (int64_t half : {0, 1})
      expectAgreement({"s2_wigner",
                       Element::F64,
                       {{"b", 6},
                        {"degrees", 7},
                        {"orders", 6},
                        {"factor", 1},
                        {"half", half},
                        {"lanes", lanes}},
                       {},
                       1.0});
  }
  const std::vector<double> points = {0.3, 1.0, -0.7, 1.1, 2.0, 4.0};
  for (int64_t transposed : {0, 1}) {
    expectAgreement(
        {"so3_kernel", Element::F64, {{"degrees", 4}, {"transposed", transposed}}, points, -0.25});
    expectAgreement(
        {"s2_kernel", Element::F64, {{"degrees", 4}, {"transposed", transposed}}, points, 0.5});
  }
  for (int64_t projection : {1, 2})
    for (int64_t transposed : {0, 1})
      expectAgreement({"so3_kernel",
                       Element::F64,
                       {{"degrees", 5}, {"transposed", transposed}, {"projection", projection}},
                       points,
                       0.75});
  for (int64_t projection : {1, 2, 3})
    expectAgreement(
        {"projection_orders", Element::F64, {{"degrees", 6}, {"projection", projection}}, {}, 1.0});
  expectAgreement({"integral_weights", Element::F64, {{"b", 7}}, {}, 1.0});
  for (int64_t so3 : {0, 1}) {
    expectAgreement({"integral_weights", Element::F64, {{"b", 7}, {"so3", so3}}, {}, 1.0});
    expectAgreement({"degree_weights", Element::F64, {{"degrees", 4}, {"so3", so3}}, {}, 1.0});
  }
  expectAgreement({"constants", Element::F64, {}, {0.5, 2.0, -1.0}, 1.0});
  for (int64_t n : {17, 74, 2 * 19 * 19, 23 * 41, 3 * 509})
    expectAgreement({"roots", Element::F64, {{"n", n}}, {}, 1.0});
  expectAgreement({"twiddles", Element::F64, {{"n", 12}, {"radix0", 3}, {"radix1", 4}}, {}, 1.0});
}

TEST(Tables, UnknownKindsAreNamed) {
  std::vector<double> values;
  EXPECT_EQ(referenceTable({"nothing", Element::F32, {}, {}, 1.0}, values),
            "unknown table kind 'nothing'");
  EXPECT_EQ(referenceTable({"roots", Element::F32, {}, {}, 1.0}, values),
            "table 'roots' needs parameter 'n'");
}

} // namespace
} // namespace spherical::reference
