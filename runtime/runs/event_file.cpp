//===- event_file.cpp - numbers and pictures for TensorBoard ----*- C++ -*-===//

#include "runtime/runs/event_file.h"

#include "runtime/data/files.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <system_error>
#include <unistd.h>
#include <vector>

namespace spherical::runtime {
namespace {

namespace fs = std::filesystem;

constexpr const char *prefix = "events.out.tfevents.";
constexpr size_t lengthBytes = 8, checkBytes = 4;

std::array<uint32_t, 256> crcTable() {
  std::array<uint32_t, 256> table;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit)
      crc = crc & 1 ? (crc >> 1) ^ 0x82f63b78u : crc >> 1;
    table[byte] = crc;
  }
  return table;
}

uint32_t maskedCrc(std::span<const std::byte> bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xa282ead8u;
}

std::span<const std::byte> bytesOf(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

/// Numbers of files and messages are little-endian, as this machine's.
template <typename T> void addRaw(std::string &out, T value) {
  static_assert(std::endian::native == std::endian::little);
  out.append(reinterpret_cast<const char *>(&value), sizeof(T));
}

void addVarint(std::string &out, uint64_t value) {
  for (; value >= 0x80; value >>= 7)
    out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// Wire types of protocol buffers.
enum class Wire { Varint = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5 };

void addKey(std::string &out, int field, Wire wire) {
  addVarint(out, static_cast<uint64_t>(field) << 3 | static_cast<uint64_t>(wire));
}

void addBytes(std::string &out, int field, std::string_view bytes) {
  addKey(out, field, Wire::Bytes);
  addVarint(out, bytes.size());
  out += bytes;
}

void addNumber(std::string &out, int field, int64_t number) {
  addKey(out, field, Wire::Varint);
  addVarint(out, static_cast<uint64_t>(number));
}

/// A number in the header of a PNG file (PNG specification, 11.2.1): big-endian, at that place.
int64_t pngNumber(std::span<const std::byte> png, size_t place) {
  constexpr std::string_view signature = "\x89PNG\r\n\x1a\n";
  const std::string_view text(reinterpret_cast<const char *>(png.data()), png.size());
  if (!text.starts_with(signature) || text.size() < place + 4)
    throw std::runtime_error("expected a picture in PNG, got other bytes");
  int64_t number = 0;
  for (const char byte : text.substr(place, 4))
    number = number << 8 | static_cast<uint8_t>(byte);
  return number;
}
constexpr size_t widthPlace = 16, heightPlace = 20;

/// Event { double wall_time = 1; int64 step = 2; }, with what follows.
std::string eventHead(double time, int64_t step) {
  std::string event;
  addKey(event, 1, Wire::Fixed64);
  addRaw(event, time);
  addNumber(event, 2, step);
  return event;
}

/// Event { Summary summary = 5 { repeated Value value = 1 { string tag = 1; ... } } }.
std::string summaryEvent(const std::string &tag, int64_t step, double time,
                         const std::string &content) {
  std::string value, summary, event = eventHead(time, step);
  addBytes(value, 1, tag);
  value += content;
  addBytes(summary, 1, value);
  addBytes(event, 5, summary);
  return event;
}

/// The step of an event that this writer wrote; nothing of other bytes.
std::optional<int64_t> stepOf(std::string_view event) {
  constexpr size_t place = 1 + sizeof(double);
  if (event.size() < place + 2 || event[0] != 0x09 || event[place] != 0x10)
    return std::nullopt;
  uint64_t step = 0;
  for (size_t at = place + 1, shift = 0; at < event.size() && shift < 64; ++at, shift += 7) {
    const auto byte = static_cast<uint8_t>(event[at]);
    step |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80)
      return static_cast<int64_t>(step);
  }
  return std::nullopt;
}

template <typename T> T readRaw(std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof(T));
  return value;
}

/// The message of the record that `bytes` begin with; nothing if it is not whole.
std::optional<std::string_view> firstMessage(std::string_view bytes) {
  constexpr size_t frame = lengthBytes + 2 * checkBytes;
  if (bytes.size() < frame)
    return std::nullopt;
  const auto length = readRaw<uint64_t>(bytes);
  if (length > bytes.size() - frame || maskedCrc(bytesOf(bytes.substr(0, lengthBytes))) !=
                                           readRaw<uint32_t>(bytes.substr(lengthBytes)))
    return std::nullopt;
  const std::string_view message = bytes.substr(lengthBytes + checkBytes, length);
  if (maskedCrc(bytesOf(message)) !=
      readRaw<uint32_t>(bytes.substr(lengthBytes + checkBytes + length)))
    return std::nullopt;
  return message;
}

double now() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace

uint32_t crc32c(std::span<const std::byte> bytes) {
  static const std::array<uint32_t, 256> table = crcTable();
  uint32_t crc = ~0u;
  for (const std::byte byte : bytes)
    crc = table[(crc ^ static_cast<uint32_t>(byte)) & 0xff] ^ (crc >> 8);
  return ~crc;
}

EventFile::EventFile(const std::string &folder, std::optional<int64_t> after) {
  openFile(folder, after.has_value());
  if (after)
    cut(*after);
  if (::lseek(descriptor, 0, SEEK_END) > 0)
    return;
  std::string version = eventHead(now(), 0);
  addBytes(version, 3, "brain.Event:2"); // Event { string file_version = 3; }
  add(version);
}

EventFile::~EventFile() {
  if (descriptor >= 0)
    ::close(descriptor);
}

void EventFile::openFile(const std::string &folder, bool again) {
  std::vector<fs::path> before;
  for (const fs::directory_entry &entry : fs::directory_iterator(folder))
    if (entry.path().filename().string().starts_with(prefix))
      before.push_back(entry.path());
  if (!again)
    for (const fs::path &path : before)
      fs::remove(path);
  else if (!before.empty())
    file = std::ranges::max(before).string();
  if (file.empty())
    file = folder + "/" + prefix + std::to_string(static_cast<int64_t>(now())) + ".spherical";
  descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (descriptor < 0)
    throw std::system_error(errno, std::generic_category(), file + ": cannot write the events");
}

void EventFile::cut(int64_t after) {
  const std::vector<std::byte> bytes = readFile(file);
  const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  size_t kept = 0;
  while (const auto message = firstMessage(text.substr(kept))) {
    const std::optional<int64_t> step = stepOf(*message);
    if (!step)
      throw std::runtime_error(file + ": expected events of a run, got others");
    if (*step > after)
      break;
    kept += lengthBytes + 2 * checkBytes + message->size();
  }
  if (::ftruncate(descriptor, static_cast<off_t>(kept)) != 0)
    throw std::system_error(errno, std::generic_category(), file + ": cannot write the events");
}

void EventFile::add(std::string_view message) {
  std::string record;
  addRaw(record, static_cast<uint64_t>(message.size()));
  addRaw(record, maskedCrc(bytesOf(record)));
  record += message;
  addRaw(record, maskedCrc(bytesOf(message)));
  std::string_view left = record;
  while (!left.empty()) {
    const ssize_t put = ::write(descriptor, left.data(), left.size());
    if (put < 0 && errno == EINTR)
      continue;
    if (put < 0)
      throw std::system_error(errno, std::generic_category(), file + ": cannot write the events");
    left.remove_prefix(static_cast<size_t>(put));
  }
}

void EventFile::addScalar(const std::string &tag, int64_t step, double time, double value) {
  std::string content; // Value { float simple_value = 2; }
  addKey(content, 2, Wire::Fixed32);
  addRaw(content, static_cast<float>(value));
  add(summaryEvent(tag, step, time, content));
}

void EventFile::addPicture(const std::string &tag, int64_t step, double time,
                           std::span<const std::byte> png) {
  // Value { Image image = 4 { int32 height = 1, width = 2, colorspace = 3;
  //                           bytes encoded_image_string = 4; } }
  constexpr int64_t rgb = 3;
  std::string image, content;
  addNumber(image, 1, pngNumber(png, heightPlace));
  addNumber(image, 2, pngNumber(png, widthPlace));
  addNumber(image, 3, rgb);
  addBytes(image, 4, {reinterpret_cast<const char *>(png.data()), png.size()});
  addBytes(content, 4, image);
  add(summaryEvent(tag, step, time, content));
}

} // namespace spherical::runtime
