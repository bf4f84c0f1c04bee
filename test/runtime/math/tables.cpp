// Table specs: keys that tell different tables apart, and names of elements.

#include "runtime/math/tables.h"

#include "gtest/gtest.h"

#include <set>

namespace spherical::runtime {
namespace {

TEST(TableSpec, KeysDifferWheneverSpecsDo) {
  TableSpec base;
  base.kind = "so3_kernel";
  base.parameters = {{"degrees", 4}, {"transposed", 0}};
  base.points = {0.1, 0.2, 0.3};
  std::vector<TableSpec> specs(7, base);
  specs[1].kind = "s2_kernel";
  specs[2].element = Element::F64;
  specs[3].parameters["degrees"] = 5;
  specs[4].points[1] += 1e-16;
  specs[5].scale = 1.0 + 1e-15;
  specs[6].points.push_back(0.0);
  std::set<std::string> keys;
  for (const TableSpec &spec : specs)
    keys.insert(spec.key());
  EXPECT_EQ(keys.size(), specs.size());
  EXPECT_EQ(base.key(), specs[0].key());
}

TEST(Element, NamesParseBack) {
  for (Element element : {Element::F32, Element::F64, Element::I32, Element::I64})
    EXPECT_EQ(parseElement(elementName(element)), element);
  EXPECT_FALSE(parseElement("f16").has_value());
  EXPECT_FALSE(parseElement("").has_value());
}

} // namespace
} // namespace spherical::runtime
