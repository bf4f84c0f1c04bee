//===- prediction_writer.cpp - tests of predictions in files ----*- C++ -*-===//

#include "runtime/data/sets/prediction_writer.h"

#include "runtime/data/sets/image_file.h"
#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

#include <set>

namespace spherical::runtime {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

PredictionForm twoClasses() {
  return {.kind = TargetKind::Class, .count = 2, .outputs = 2, .classes = {"a, b", "c"}};
}

/// Two samples, of which the second could not be read.
void write(const std::string &path, const PredictionForm &form, std::vector<float> outputs) {
  const auto writer = createPredictions(path, form);
  writer->add({"one", outputs, 1});
  writer->add({"two", {}, missingLabel});
  writer->commit();
}

TEST(CreatePredictions, WritesLines) {
  const TemporaryFolder folder;
  PredictionForm form = twoClasses();
  write(folder.file("p.csv"), form, {0.0f, 0.0f});
  EXPECT_EQ(fileText(folder.file("p.csv")), "sample,class,name,probability,\"p(a, b)\",p(c)\n"
                                            "one,0,\"a, b\",0.5,0.5,0.5\n"
                                            "two,,,,,\n");
  form.withTruth = true;
  write(folder.file("p.csv"), form, {-1000.0f, 1000.0f});
  EXPECT_EQ(fileText(folder.file("p.csv")), "sample,truth,class,name,probability,\"p(a, b)\",p(c)\n"
                                            "one,1,1,c,1,0,1\n"
                                            "two,,,,,,\n");
  write(folder.file("p.csv"), {.kind = TargetKind::Values, .count = 2, .outputs = 2},
        {0.1f, -3.0f});
  EXPECT_EQ(fileText(folder.file("p.csv")), "sample,value0,value1\none,0.1,-3\ntwo,,\n");
}

TEST(CreatePredictions, WritesObjects) {
  const TemporaryFolder folder;
  write(folder.file("p.jsonl"), twoClasses(), {0.0f, 0.0f});
  EXPECT_EQ(fileText(folder.file("p.jsonl")),
            "{\"sample\":\"one\",\"class\":0,\"name\":\"a, b\",\"probability\":0.5,"
            "\"probabilities\":{\"a, b\":0.5,\"c\":0.5}}\n{\"sample\":\"two\",\"class\":null}\n");
}

TEST(CreatePredictions, WritesArraysOfMasks) {
  for (const std::string &name : arrayNames()) {
    const TemporaryFolder folder;
    write(folder.file(name),
          {.kind = TargetKind::PointClasses,
           .count = 2,
           .outputs = 2,
           .grid = {GridKind::Planar, 1, 3, 0}},
          {0, 1, 2, 1, 0, 2}); // equal logits: the first class
    const ArrayFile file = openArrayFile(folder.file(name), *arrayFormOf(folder.file(name)));
    const StoredArray &labels = *file.arrays.begin()->second;
    EXPECT_THAT(labels.shape, ElementsAre(2, 1, 3)) << name;
    std::vector<uint8_t> values(6);
    labels.read(0, 2, reinterpret_cast<std::byte *>(values.data()));
    EXPECT_THAT(values, ElementsAre(1, 0, 0, 255, 255, 255)) << name;
  }
}

TEST(CreatePredictions, WritesAFolderOfMasks) {
  const TemporaryFolder folder;
  const PredictionForm form = {.kind = TargetKind::PointClasses,
                               .count = 2,
                               .outputs = 2,
                               .grid = {GridKind::Planar, 1, 2, 0},
                               .palette = {{9, 9, 9}}};
  write(folder.file("masks"), form, {0, 1, 1, 0});
  const Image image = readLabelImage(folder.file("masks/one.png"));
  EXPECT_THAT(image.bytes, ElementsAre(1, 0));
  EXPECT_THAT(image.header.palette, ElementsAre(Color{9, 9, 9}, Color{128, 0, 0}));
  EXPECT_EQ(folder.files(), 1);
  EXPECT_THAT(messageOf([&] { createPredictions(folder.file("masks"), form); }),
              HasSubstr("masks: expected a new folder, got one with files in it"));
  {
    const auto writer = createPredictions(folder.file("other"), form);
    const std::vector<float> outputs = {0, 1, 1, 0};
    writer->add({"one", outputs, missingLabel});
    EXPECT_THROW(writer->add({"one", outputs, missingLabel}), std::runtime_error);
  }
  EXPECT_EQ(folder.files(), 1);
}

TEST(CreatePredictions, ExpectsAFileThatSuits) {
  const TemporaryFolder folder;
  const PredictionForm masks = {.kind = TargetKind::PointClasses, .count = 1, .outputs = 2};
  EXPECT_THAT(messageOf([&] { createPredictions(folder.file("p.csv"), masks); }),
              HasSubstr("for predictions of each point, got a table"));
  EXPECT_THAT(messageOf([&] { createPredictions(folder.file("p"), twoClasses()); }),
              HasSubstr("got a name without an ending"));
  EXPECT_THAT(messageOf([&] { createPredictions(folder.file("p.txt"), masks); }),
              HasSubstr("expected an output that ends in .csv"));
  EXPECT_EQ(folder.files(), 0);
}

TEST(PaletteOf, TellsAllClassesApart) {
  const std::vector<Color> palette = paletteOf({}, 256);
  EXPECT_EQ(std::set(palette.begin(), palette.end()).size(), 256u);
  EXPECT_EQ(palette[0], (Color{0, 0, 0}));
}

} // namespace
} // namespace spherical::runtime
