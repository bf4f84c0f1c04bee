//===- text_shape.cpp - tests of lines that fit -----------------*- C++ -*-===//

#include "runtime/pictures/page.h"

#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

TEST(TextShape, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(readableText("β ≤ 3, 海, 🌍"), "β ≤ 3, 海, 🌍");
  EXPECT_EQ(readableText("a\xff"
                         "b"),
            "a\ufffdb");
  EXPECT_EQ(readableText("\xc3"), "\ufffd");                       // cut off
  EXPECT_EQ(readableText("\xc0\xaf"), "\ufffd\ufffd");             // too long a form
  EXPECT_EQ(readableText("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");   // a surrogate
  EXPECT_EQ(readableText("a\nb\tc\x7f"), "a\ufffdb\ufffdc\ufffd"); // control characters
  EXPECT_EQ(readableText("\xf5\x80\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");
}

#if SPHERICAL_HAS_CAIRO
TEST(TextShape, WidthsGrowWithLettersAndSize) {
  EXPECT_EQ(textWidth("", 8), 0);
  EXPECT_NEAR(textWidth("mm", 8), 2 * textWidth("m", 8), 1e-9);
  EXPECT_NEAR(textWidth("m", 16), 2 * textWidth("m", 8), 1e-6);
  EXPECT_GT(textWidth("m", 8, true), textWidth("m", 8));
}

TEST(TextShape, ShortensToTheWidth) {
  EXPECT_EQ(fittedText("short", 8, 100), "short");
  const std::string text = fittedText("βγδεζηθικλμνξοπ", 8, 40);
  EXPECT_LE(textWidth(text, 8), 40);
  EXPECT_TRUE(text.starts_with("βγδ"));
  EXPECT_TRUE(text.ends_with("…"));
  EXPECT_EQ(readableText(text), text);
  EXPECT_EQ(fittedText("anything", 8, 0), "…");
}
#endif

} // namespace
} // namespace spherical::runtime
