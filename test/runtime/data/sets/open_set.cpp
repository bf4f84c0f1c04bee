//===- open_set.cpp - tests of what is found at a path ----------*- C++ -*-===//

#include "runtime/data/sets/open_set.h"

#include "test/runtime/data/sets/make_files.h"
#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>

namespace spherical::runtime {
namespace {

using testing::EndsWith;

void makePicture(const std::string &path) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  Picture(4, 2, {1, 2, 3}).writePng(path);
}

TEST(FindSet, TellsKindsByWhatLiesThere) {
  const TemporaryFolder folder;
  makeArrays(folder.file("a.npz"), {{"x", ramp<float>({1, 2, 2})}});
  makeArrays(folder.file("x.npy"), {{"x", ramp<float>({1, 2, 2})}});
  makePicture(folder.file("classes/cat/a.png"));
  makePicture(folder.file("masks/images/a.png"));
  makePicture(folder.file("masks/labels/a.png"));
  makePicture(folder.file("plain/a.png"));
  std::filesystem::create_directories(folder.file("digits"));
  makeFile(folder.file("digits/train-images-idx3-ubyte"), "");
  const auto kind = [&](const std::string &name) {
    return std::string(setKindName(findSet(folder.file(name), std::nullopt, Part::All).kind));
  };
  EXPECT_EQ(kind("a.npz"), "arrays");
  EXPECT_EQ(kind(""), "arrays");
  EXPECT_EQ(kind("classes"), "class-folders");
  EXPECT_EQ(kind("masks"), "labelled-pictures");
  EXPECT_EQ(kind("plain"), "pictures");
  EXPECT_EQ(kind("plain/a.png"), "pictures");
  EXPECT_EQ(kind("digits"), "idx");
}

TEST(FindSet, FindsParts) {
  const TemporaryFolder folder;
  makePicture(folder.file("p/train/cat/a.png"));
  makePicture(folder.file("p/val/cat/b.png"));
  const auto place = [&](Part part) { return findSet(folder.file("p"), std::nullopt, part); };
  EXPECT_THAT(place(Part::Train).path, EndsWith("p/train"));
  EXPECT_EQ(place(Part::Train).kind, SetKind::ClassFolders);
  EXPECT_THAT(place(Part::Test).path, EndsWith("p/val"));
  EXPECT_EQ(place(Part::Test).part, Part::Validation);
  EXPECT_TRUE(place(Part::Test).hasParts);
  makePicture(folder.file("p/test/cat/c.png"));
  EXPECT_THAT(place(Part::Test).path, EndsWith("p/test"));
  // A class may be called train.
  makePicture(folder.file("p/car/d.png"));
  EXPECT_FALSE(place(Part::All).hasParts);
}

TEST(FindSet, FindsPartsInFiles) {
  const TemporaryFolder folder;
  makeArrays(folder.file("train.npz"), {{"x", ramp<float>({1, 2, 2})}});
  makeArrays(folder.file("test.npz"), {{"x", ramp<float>({2, 2, 2})}});
  const SetPlace place = findSet(folder.path(), std::nullopt, Part::Test);
  EXPECT_EQ(openSet(place, {})->count(), 2);
  EXPECT_THAT(messageOf([&] { findSet(folder.path(), std::nullopt, Part::Validation); }),
              EndsWith("expected a part 'validation', got none"));
}

} // namespace
} // namespace spherical::runtime
