//===- event_file.cpp -------------------------------------------*- C++ -*-===//

#include "runtime/runs/event_file.h"

#include "test/runtime/data/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace spherical::runtime {
namespace {

using ::testing::HasSubstr;

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<uint8_t>(byte) >> 4];
    text += "0123456789abcdef"[static_cast<uint8_t>(byte) & 15];
  }
  return text;
}

// The check value of the polynomial, and 32 bytes of zeros (RFC 3720, B.4).
TEST(EventFile, ChecksAreThoseOfCastagnoli) {
  const std::string_view digits = "123456789";
  EXPECT_EQ(crc32c(std::as_bytes(std::span(digits.data(), digits.size()))), 0xe3069283u);
  const std::byte zeros[32] = {};
  EXPECT_EQ(crc32c(zeros), 0x8a9136aau);
}

// The message by hand, from the field numbers of event.proto and summary.proto.
TEST(EventFile, ScalarsAreMessagesOfTheirProtocol) {
  const TemporaryFolder folder;
  EventFile events(folder.path(), std::nullopt);
  const size_t head = fileText(events.path()).size();
  events.addScalar("a/b", 300, 1.0, 0.5);
  const std::string record = fileText(events.path()).substr(head);
  EXPECT_EQ(hexadecimal(record.substr(0, 8)), "1a00000000000000");
  EXPECT_EQ(hexadecimal(record.substr(12, 26)), "09000000000000f03f" // wall_time
                                                "10ac02"             // step
                                                "2a0c"               // summary
                                                "0a0a"               // value
                                                "0a03612f62"         // tag
                                                "150000003f");       // simple_value
  EXPECT_EQ(record.size(), 8u + 4 + 26 + 4);
}

// Its size is that of the header of PNG.
TEST(EventFile, PicturesAreMessagesOfTheirProtocol) {
  const TemporaryFolder folder;
  EventFile events(folder.path(), std::nullopt);
  const size_t head = fileText(events.path()).size();
  const std::string png("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\2\0\0\0\3", 24);
  events.addPicture("p", 1, 1.0, std::as_bytes(std::span(png)));
  const std::string record = fileText(events.path()).substr(head);
  EXPECT_EQ(hexadecimal(record.substr(12, 29)), "09000000000000f03f" // wall_time
                                                "1001"               // step
                                                "2a28"               // summary
                                                "0a26"               // value
                                                "0a0170"             // tag
                                                "2221"               // image
                                                "0803"               // height
                                                "108202"             // width
                                                "1803"               // RGB
                                                "2218");             // encoded
  EXPECT_EQ(record.substr(12 + 29, png.size()), png);
  EXPECT_EQ(record.size(), 8u + 4 + 9 + 2 + 2 + 0x28 + 4);
  EXPECT_THROW(events.addPicture("p", 1, 1.0, std::as_bytes(std::span("text"))),
               std::runtime_error);
}

TEST(EventFile, ARunThatGoesOnCutsWhatComesAgain) {
  const TemporaryFolder folder;
  std::string whole, path;
  {
    EventFile events(folder.path(), std::nullopt);
    path = events.path();
    events.addScalar("loss", 1, 1.0, 3.0);
    events.addScalar("loss", 2, 1.0, 2.0);
    whole = fileText(path);
    events.addScalar("loss", 3, 1.0, 1.0);
  }
  makeFile(path, fileText(path) + "cut off");
  const std::string longer = fileText(path);
  {
    EventFile events(folder.path(), 2);
    EXPECT_EQ(events.path(), path);
    EXPECT_EQ(fileText(path), whole);
  }
  std::string damaged = longer;
  damaged[whole.size() - 1] ^= 1; // in the last check of step 2
  makeFile(path, damaged);
  {
    EventFile events(folder.path(), 2);
    EXPECT_LT(fileText(path).size(), whole.size());
  }
  makeFile(path, "");
  {
    EventFile events(folder.path(), 2);
    EXPECT_THAT(fileText(path), HasSubstr("brain.Event:2"));
  }
  makeFile(folder.file("events.out.tfevents.1.spherical"), longer);
  EventFile events(folder.path(), std::nullopt); // a run that starts again has but its own
  EXPECT_EQ(folder.files(), 1);
}

} // namespace
} // namespace spherical::runtime
