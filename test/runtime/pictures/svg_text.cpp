//===- svg_text.cpp - tests of names and text in SVG ------------*- C++ -*-===//

#include "runtime/pictures/encode.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

namespace spherical::runtime {
namespace {

using testing::HasSubstr;

// The same page drawn after others: Cairo counts its names over all pages.
TEST(SvgText, NamesDependOnThePageAlone) {
  const auto page = [](const std::string &number) {
    return "<svg><g id=\"glyph" + number + "-1\"/><use xlink:href=\"#glyph" + number +
           "-1\"/><g id=\"clip" + number + "\" clip-path=\"url(#clip" + number +
           ")\"/><use href=\"#other\"/></svg>";
  };
  const std::string made = completeSvg(page("7"), {});
  EXPECT_EQ(made, completeSvg(page("12"), {}));
  EXPECT_THAT(made, HasSubstr("<g id=\"part1\"/><use xlink:href=\"#part1\"/><g id=\"part2\" "
                              "clip-path=\"url(#part2)\"/><use href=\"#other\"/>"));
}

TEST(SvgText, HoldsTextThatCanBeFound) {
  const std::string made = completeSvg("<svg></svg>\n", {{{1.5, 20}, 8, 33.25, 0, "a < b & \"c\""},
                                                         {{3, 4}, 6, 10, 90, "up"},
                                                         {{0, 0}, 6, 0, 0, ""}});
  EXPECT_THAT(made, HasSubstr("<text x=\"1.50\" y=\"20.00\" font-size=\"8.00\" "
                              "textLength=\"33.25\">a &lt; b &amp; \"c\"</text>"));
  EXPECT_THAT(made, HasSubstr("transform=\"rotate(-90.00 3.00 4.00)\">up</text>"));
  EXPECT_THAT(made, HasSubstr("<g fill-opacity=\"0\""));
  EXPECT_TRUE(made.ends_with("</g>\n</svg>\n"));
  EXPECT_EQ(made.find("></text>"), std::string::npos);
}

TEST(SvgText, RefusesWhatIsNoSvg) {
  EXPECT_THAT(messageOf([] { completeSvg("<g>", {}); }), HasSubstr("has no end"));
}

} // namespace
} // namespace spherical::runtime
