//===- event_file.h - numbers and pictures for TensorBoard ------*- C++ -*-===//
//
// A file of TFRecords, each an Event message of TensorBoard:
//   length (uint64), masked CRC-32C of the length, message, masked CRC-32C of it
// with masked(c) = rotr(c, 15) + 0xa282ead8. Of the messages' fields only those
// below are written, in the wire format of protocol buffers.
// (tensorflow/core/lib/io/record_writer.h, tensorboard/compat/proto/event.proto,
// summary.proto)
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_RUNS_EVENT_FILE_H
#define SPHERICAL_RUNTIME_RUNS_EVENT_FILE_H

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace spherical::runtime {

/// CRC-32C (Castagnoli) of bytes; that of "123456789" is 0xe3069283.
uint32_t crc32c(std::span<const std::byte> bytes);

/// A file that events are appended to, each at once.
class EventFile {
public:
  /// Makes the file of `folder`, events.out.tfevents.<second>.spherical, in place of such as are
  /// there; or, of a run that goes on `after` a step, opens it: events of later steps, and one
  /// whose end is missing, are cut. Throws std::runtime_error if that fails, or if the file holds
  /// something else.
  EventFile(const std::string &folder, std::optional<int64_t> after);
  ~EventFile();
  EventFile(const EventFile &) = delete;
  EventFile &operator=(const EventFile &) = delete;

  const std::string &path() const { return file; }

  /// A number of a step, at `time` in seconds since 1970. Throws std::runtime_error if it cannot be
  /// written.
  void addScalar(const std::string &tag, int64_t step, double time, double value);

  /// A picture, as the bytes of a PNG file. Throws std::runtime_error for other bytes.
  void addPicture(const std::string &tag, int64_t step, double time,
                  std::span<const std::byte> png);

private:
  void openFile(const std::string &folder, bool again);
  void cut(int64_t after);
  void add(std::string_view message);

  std::string file;
  int descriptor = -1;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_RUNS_EVENT_FILE_H
