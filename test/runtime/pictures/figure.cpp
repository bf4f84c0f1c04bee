//===- figure.cpp - tests of a drawing's files ------------------*- C++ -*-===//

#include "runtime/pictures/figure.h"

#include "runtime/pictures/page.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <png.h>

#include <clocale>
#include <cstring>
#include <regex>
#include <set>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Figure, TakesTheFormOfTheEnding) {
  EXPECT_EQ(pictureForm("a/b.png"), PictureForm::Png);
  EXPECT_EQ(pictureForm("b.SVG"), PictureForm::Svg);
  EXPECT_EQ(pictureForm("b.png.Pdf"), PictureForm::Pdf);
  for (const char *path : {"a.jpg", "png", "a.png/b", ""})
    EXPECT_EQ(messageOf([&] { pictureForm(path); }),
              "expected a picture that ends in .png, .svg or .pdf, got '" + std::string(path) +
                  "'");
}

TEST(Figure, RefusesImpossiblePages) {
  const auto nothing = [](Page &) {};
  EXPECT_THROW(Figure(0.5, 10, nothing), std::invalid_argument);
  EXPECT_THROW(Figure(10, 16001, nothing), std::invalid_argument);
  EXPECT_THROW(Figure(10, std::nan(""), nothing), std::invalid_argument);
}

#if SPHERICAL_HAS_CAIRO

/// Something of everything that a page takes.
Figure everything(const std::string &text) {
  return Figure(60.5, 40, [text](Page &page) {
    page.fill({0, 0, 10, 10}, {255, 0, 0});
    page.line({5, 5}, {30, 30}, {{0, 0, 255}, 1.0, {2, 1}});
    page.fillCircle({20, 20}, 5, {0, 128, 0}, 0.5);
    page.text({30, 30}, text, {.size = 8, .color = {1, 2, 3}});
    page.text({50, 30}, "turned", {.size = 8, .color = {}, .turn = 90});
    PixelImage image(2, 1);
    image.set(0, 0, {10, 20, 30});
    image.set(1, 0, {200, 210, 220});
    page.cells({40, 0, 8, 4}, image);
    page.disc({50, 0, 8, 8}, image);
    page.clip({0, 30, 5, 5});
    page.fill({0, 0, 60, 40}, {0, 255, 255});
    page.unclip();
  });
}

std::string textOf(const std::vector<std::byte> &bytes) {
  return std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size());
}

/// The pixels of a PNG.
struct Pixels {
  explicit Pixels(const std::vector<std::byte> &bytes) {
    png_image image = {};
    image.version = PNG_IMAGE_VERSION;
    EXPECT_TRUE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()));
    image.format = PNG_FORMAT_RGB;
    width = image.width;
    height = image.height;
    rgb.resize(PNG_IMAGE_SIZE(image));
    EXPECT_TRUE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr));
  }
  Color at(int64_t x, int64_t y) const {
    const uint8_t *pixel = rgb.data() + 3 * (y * width + x);
    return {pixel[0], pixel[1], pixel[2]};
  }
  int64_t width = 0, height = 0;
  std::vector<uint8_t> rgb;
};

TEST(Figure, PngHasTwoPixelsAPoint) {
  const Pixels pixels(everything("text").encode(PictureForm::Png));
  EXPECT_EQ(pixels.width, 121);
  EXPECT_EQ(pixels.height, 80);
  EXPECT_EQ(pixels.at(3, 3), (Color{255, 0, 0}));
  EXPECT_EQ(pixels.at(120, 40), (Color{255, 255, 255})); // paper
  EXPECT_EQ(pixels.at(81, 2), (Color{10, 20, 30}));      // cells have sharp edges
  EXPECT_EQ(pixels.at(87, 6), (Color{10, 20, 30}));
  EXPECT_EQ(pixels.at(88, 6), (Color{200, 210, 220}));
  EXPECT_EQ(pixels.at(100, 0), (Color{255, 255, 255})); // the corner of a disc
  EXPECT_EQ(pixels.at(5, 65), (Color{0, 255, 255}));    // inside of the clip
  EXPECT_EQ(pixels.at(20, 65), (Color{255, 255, 255})); // outside
}

// Whatever was drawn before, and in a locale with decimal commas.
TEST(Figure, GivesTheSameBytesEachTime) {
  for (const PictureForm form : {PictureForm::Png, PictureForm::Svg, PictureForm::Pdf}) {
    const std::vector<std::byte> first = everything("β = 3").encode(form);
    everything("another").encode(PictureForm::Svg);
    const std::string before = std::setlocale(LC_ALL, nullptr);
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    const std::vector<std::byte> second = everything("β = 3").encode(form);
    std::setlocale(LC_ALL, before.c_str());
    EXPECT_EQ(first, second) << static_cast<int>(form);
    EXPECT_NE(first, everything("β = 4").encode(form));
  }
}

TEST(Figure, SvgHoldsItsTextAndNoDanglingNames) {
  const std::string svg = textOf(everything("a < b & β").encode(PictureForm::Svg));
  EXPECT_THAT(svg, HasSubstr(">a &lt; b &amp; β</text>"));
  EXPECT_THAT(svg, HasSubstr("rotate(-90.00"));
  EXPECT_THAT(svg, HasSubstr("width=\"60.5pt\" height=\"40pt\""));
  const auto namesIn = [&](const std::string &form) {
    const std::regex pattern(form);
    std::vector<std::string> names;
    for (std::sregex_iterator it(svg.begin(), svg.end(), pattern), end; it != end; ++it)
      names.push_back((*it)[1]);
    return names;
  };
  const std::vector<std::string> all = namesIn(" id=\"([^\"]*)\"");
  const std::vector<std::string> used = namesIn("[\"(]#([A-Za-z0-9-]*)");
  const std::set<std::string> borne(all.begin(), all.end());
  EXPECT_EQ(borne.size(), all.size());
  EXPECT_FALSE(used.empty());
  for (const std::string &name : used)
    EXPECT_TRUE(borne.contains(name)) << name;
}

TEST(Figure, PdfHoldsItsFont) {
  const std::string pdf = textOf(everything("text").encode(PictureForm::Pdf));
  EXPECT_TRUE(pdf.starts_with("%PDF-1."));
  EXPECT_THAT(pdf, HasSubstr("DejaVuSans"));
  EXPECT_THAT(pdf, HasSubstr("/ToUnicode")); // text can be found and copied
  EXPECT_THAT(pdf, HasSubstr("MediaBox [ 0 0 60.5 40 ]"));
}

TEST(Figure, DrawsBytesThatAreNoText) {
  EXPECT_THAT(textOf(everything("a\xff\x01z").encode(PictureForm::Svg)),
              HasSubstr(">a\ufffd\ufffdz</text>"));
}

TEST(Figure, WritesOneFileInOneStep) {
  const TemporaryFolder folder;
  const Figure figure = everything("text");
  for (const char *name : {"a.png", "a.svg", "a.PDF"})
    figure.write(folder.file(name));
  EXPECT_EQ(folder.files(), 3);
  EXPECT_EQ(fileText(folder.file("a.svg")), textOf(figure.encode(PictureForm::Svg)));
  EXPECT_THAT(messageOf([&] { figure.write(folder.file("a.gif")); }),
              HasSubstr("expected a picture that ends in .png, .svg or .pdf"));
  EXPECT_EQ(messageOf([&] { figure.write("/nonexistent/p.png"); }),
            "/nonexistent/p.png: cannot write: No such file or directory");
  EXPECT_EQ(folder.files(), 3);
}

// What cannot be painted leaves no file.
TEST(Figure, PassesErrorsOn) {
  const TemporaryFolder folder;
  const Figure figure(10, 10, [](Page &) { throw std::runtime_error("cannot paint"); });
  EXPECT_EQ(messageOf([&] { figure.write(folder.file("a.svg")); }), "cannot paint");
  EXPECT_EQ(folder.files(), 0);
}

#else

TEST(Figure, SaysThatThisBuildDrawsNothing) {
  const TemporaryFolder folder;
  const Figure figure(10, 10, [](Page &) {});
  EXPECT_EQ(messageOf([&] { figure.write(folder.file("a.png")); }),
            "this build of Spherical draws no pictures; it is built with them where "
            "libcairo2-dev is installed");
  EXPECT_EQ(folder.files(), 0);
}

#endif

} // namespace
} // namespace spherical::runtime
