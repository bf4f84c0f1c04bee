//===- safetensors.cpp - tensors in files -----------------------*- C++ -*-===//

#include "runtime/data/safetensors.h"

#include "runtime/data/files.h"
#include "runtime/data/foreign_files.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <bit>

namespace spherical::runtime {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the values of a file are little-endian and are copied as they stand");

using nlohmann::json;

struct DTypeRecord {
  DType dtype;
  const char *name;
  int64_t bytes;
};

constexpr std::array<DTypeRecord, 13> dtypes = {{{DType::Bool, "BOOL", 1},
                                                 {DType::U8, "U8", 1},
                                                 {DType::I8, "I8", 1},
                                                 {DType::U16, "U16", 2},
                                                 {DType::I16, "I16", 2},
                                                 {DType::F16, "F16", 2},
                                                 {DType::BF16, "BF16", 2},
                                                 {DType::U32, "U32", 4},
                                                 {DType::I32, "I32", 4},
                                                 {DType::F32, "F32", 4},
                                                 {DType::U64, "U64", 8},
                                                 {DType::I64, "I64", 8},
                                                 {DType::F64, "F64", 8}}};

constexpr uint64_t lengthBytes = 8;
constexpr uint64_t maxHeaderBytes = 100'000'000;
constexpr size_t maxAxes = 64;

/// One tensor's place in the data part.
struct Range {
  uint64_t begin;
  uint64_t end;
  const std::string *name;
};

/// Counts the keys of the two outer levels of a JSON text.
struct KeyCounter : nlohmann::json_sax<json> {
  size_t keys = 0;
  int depth = 0;

  bool key(string_t &) override {
    keys += depth <= 2;
    return true;
  }
  bool start_object(size_t) override { return ++depth; }
  bool end_object() override { return depth--; }
  bool start_array(size_t) override { return ++depth; }
  bool end_array() override { return depth--; }
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(number_integer_t) override { return true; }
  bool number_unsigned(number_unsigned_t) override { return true; }
  bool number_float(number_float_t, const string_t &) override { return true; }
  bool string(string_t &) override { return true; }
  bool binary(binary_t &) override { return true; }
  bool parse_error(size_t, const std::string &, const nlohmann::json::exception &) override {
    return false;
  }
};

/// Reads one file, of which `bytes` are the beginning with the header; every failure goes through
/// `fail`.
class Parser {
public:
  Parser(std::span<const std::byte> bytes, uint64_t fileBytes, const std::string &origin)
      : bytes(bytes), fileBytes(fileBytes), origin(origin) {}

  SafetensorsLayout parse();

private:
  [[noreturn]] void fail(const std::string &what) const {
    throw std::runtime_error(origin + ": not a valid safetensors file: " + what);
  }

  /// Bytes without a header are mostly a file of another form.
  [[noreturn]] void failHeader(const std::string &what) const {
    const FileForm form = fileForm(bytes, origin);
    if (form.name.empty() || form.name == "a safetensors file")
      fail(what);
    fail("this is " + form.name + (form.remedy.empty() ? "" : "; " + form.remedy));
  }

  json parseHeader();
  void parseMetadata(const json &value);
  TensorPlace parseTensor(const std::string &name, const json &value) const;
  std::vector<int64_t> parseShape(const std::string &name, const json &value) const;
  Range parseRange(const std::string &name, const json &value) const;
  void checkCoverage();

  std::span<const std::byte> bytes;
  uint64_t fileBytes;
  const std::string &origin;
  uint64_t dataBegin = 0, dataBytes = 0; // of the values in the file
  std::vector<Range> ranges;
  SafetensorsLayout layout;
};

json Parser::parseHeader() {
  uint64_t length = 0;
  if (fileBytes < lengthBytes)
    failHeader("expected at least 8 bytes, got " + std::to_string(fileBytes));
  std::memcpy(&length, bytes.data(), lengthBytes);
  if (length > maxHeaderBytes)
    failHeader("expected a header of at most 100000000 bytes, got " + std::to_string(length));
  if (length > fileBytes - lengthBytes)
    failHeader("truncated header: expected " + std::to_string(length) + " bytes, got " +
               std::to_string(fileBytes - lengthBytes));
  dataBegin = lengthBytes + length;
  dataBytes = fileBytes - dataBegin;
  const char *text = reinterpret_cast<const char *>(bytes.data()) + lengthBytes;

  const json header = json::parse(text, text + length, nullptr, /*allow_exceptions=*/false);
  if (!header.is_object())
    failHeader("the header is not a JSON object");
  // The parser keeps the last of several equal keys; the text must not have had more.
  KeyCounter counter;
  json::sax_parse(text, text + length, &counter);
  size_t kept = header.size();
  for (const json &value : header)
    kept += value.is_object() ? value.size() : 0;
  if (counter.keys > kept)
    fail("a name stands twice in the header");
  return header;
}

void Parser::parseMetadata(const json &value) {
  if (!value.is_object())
    fail("'__metadata__' is not an object");
  for (const auto &[key, text] : value.items()) {
    if (!text.is_string())
      fail("'__metadata__' holds something that is not a string at '" + key + "'");
    layout.metadata[key] = text.get<std::string>();
  }
}

std::vector<int64_t> Parser::parseShape(const std::string &name, const json &value) const {
  if (!value.is_array() || value.size() > maxAxes)
    fail("tensor '" + name + "' has no valid shape");
  std::vector<int64_t> shape;
  for (const json &extent : value) {
    if (!extent.is_number_unsigned() || extent.get<uint64_t>() > INT64_MAX)
      fail("tensor '" + name + "' has an extent that is not a whole number");
    shape.push_back(extent.get<int64_t>());
  }
  return shape;
}

Range Parser::parseRange(const std::string &name, const json &value) const {
  if (!value.is_array() || value.size() != 2 || !value[0].is_number_unsigned() ||
      !value[1].is_number_unsigned())
    fail("tensor '" + name + "' has no valid data_offsets");
  const Range range{value[0].get<uint64_t>(), value[1].get<uint64_t>(), &name};
  if (range.begin > range.end)
    fail("the data_offsets of tensor '" + name + "' run backwards");
  if (range.end > dataBytes)
    fail("truncated data: tensor '" + name + "' ends at byte " + std::to_string(range.end) +
         ", got " + std::to_string(dataBytes));
  return range;
}

TensorPlace Parser::parseTensor(const std::string &name, const json &value) const {
  if (!value.is_object() || value.size() != 3 || !value.contains("dtype") ||
      !value.contains("shape") || !value.contains("data_offsets"))
    fail("tensor '" + name + "' expected exactly dtype, shape and data_offsets");
  if (!value["dtype"].is_string())
    fail("tensor '" + name + "' has a dtype that is not a string");
  const std::string dtypeText = value["dtype"].get<std::string>();
  const std::optional<DType> dtype = parseDType(dtypeText);
  if (!dtype)
    fail("tensor '" + name + "' has the type '" + dtypeText + "', which is not supported");

  const std::vector<int64_t> shape = parseShape(name, value["shape"]);
  const Range range = parseRange(name, value["data_offsets"]);
  int64_t count = 0;
  try {
    count = elementCount(shape);
  } catch (const std::invalid_argument &) {
    fail("tensor '" + name + "' has a shape that is too large");
  }
  const uint64_t got = range.end - range.begin;
  const uint64_t size = dtypeBytes(*dtype);
  if (got % size != 0 || got / size != static_cast<uint64_t>(count))
    fail("tensor '" + name + "' expected " + std::to_string(count) + " elements of " + dtypeText +
         " (" + shapeText(shape) + "), got " + std::to_string(got) + " bytes");
  return {{name, *dtype, shape}, dataBegin + range.begin};
}

void Parser::checkCoverage() {
  std::sort(ranges.begin(), ranges.end(), [](const Range &a, const Range &b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  uint64_t position = 0;
  for (const Range &range : ranges) {
    if (range.begin < position)
      fail("tensor '" + *range.name + "' overlaps another one");
    if (range.begin > position)
      fail("unused bytes before tensor '" + *range.name + "'");
    position = range.end;
  }
  if (position != dataBytes)
    fail("expected " + std::to_string(position) + " bytes of data, got " +
         std::to_string(dataBytes));
}

SafetensorsLayout Parser::parse() {
  const json header = parseHeader();
  for (const auto &[name, value] : header.items()) {
    if (name == "__metadata__")
      parseMetadata(value);
    else
      layout.tensors.push_back(parseTensor(name, value));
  }
  for (const TensorPlace &place : layout.tensors) {
    const uint64_t begin = place.offset - dataBegin;
    ranges.push_back({begin, begin + place.bytes(), &place.spec.name});
  }
  checkCoverage();
  return std::move(layout);
}

} // namespace

int64_t dtypeBytes(DType dtype) { return dtypes[static_cast<size_t>(dtype)].bytes; }

const char *dtypeName(DType dtype) { return dtypes[static_cast<size_t>(dtype)].name; }

std::optional<DType> parseDType(std::string_view name) {
  for (const DTypeRecord &record : dtypes)
    if (name == record.name)
      return record.dtype;
  return std::nullopt;
}

int64_t elementCount(std::span<const int64_t> shape) {
  constexpr int64_t limit = int64_t(1) << 62;
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (extent < 0 || (extent > 0 && count > limit / extent))
      throw std::invalid_argument("expected a shape of fewer than 2^62 elements, got " +
                                  shapeText(shape));
    count *= extent;
  }
  return count;
}

std::string shapeText(std::span<const int64_t> shape) {
  std::string text;
  for (const int64_t extent : shape)
    text += (text.empty() ? "" : "x") + std::to_string(extent);
  return text.empty() ? "scalar" : text;
}

Tensor Tensor::zeros(DType dtype, std::vector<int64_t> shape) {
  Tensor tensor{dtype, std::move(shape), {}};
  tensor.bytes.resize(tensor.size() * dtypeBytes(dtype));
  return tensor;
}

void Tensor::expect(DType wanted) const {
  if (dtype != wanted)
    throw std::invalid_argument(std::string("expected a tensor of ") + dtypeName(wanted) +
                                ", got " + dtypeName(dtype));
}

const Tensor &TensorFile::at(const std::string &name) const {
  if (const auto found = tensors.find(name); found != tensors.end())
    return found->second;
  std::string names;
  for (const auto &[other, tensor] : tensors)
    names += (names.empty() ? "'" : ", '") + other + "'";
  throw std::runtime_error("expected a tensor '" + name + "', got " +
                           (names.empty() ? "no tensors" : names));
}

uint64_t TensorPlace::bytes() const {
  return static_cast<uint64_t>(elementCount(spec.shape) * dtypeBytes(spec.dtype));
}

SafetensorsLayout parseSafetensorsHeader(std::span<const std::byte> start, uint64_t fileBytes,
                                         const std::string &origin) {
  return Parser(start, fileBytes, origin).parse();
}

uint64_t safetensorsHeaderBytes(std::span<const std::byte> start, uint64_t fileBytes) {
  uint64_t length = 0;
  if (start.size() >= lengthBytes)
    std::memcpy(&length, start.data(), lengthBytes);
  constexpr uint64_t formBytes = 512; // by which a file of another form is known
  return length > maxHeaderBytes || length > fileBytes - std::min(fileBytes, lengthBytes)
             ? std::min(fileBytes, formBytes)
             : lengthBytes + length;
}

TensorFile parseSafetensors(std::span<const std::byte> bytes, const std::string &origin) {
  SafetensorsLayout layout = parseSafetensorsHeader(bytes, bytes.size(), origin);
  TensorFile file{{}, std::move(layout.metadata)};
  for (TensorPlace &place : layout.tensors) {
    const std::span<const std::byte> values = bytes.subspan(place.offset, place.bytes());
    file.tensors[place.spec.name] = {
        place.spec.dtype, std::move(place.spec.shape), {values.begin(), values.end()}};
  }
  return file;
}

TensorFile readSafetensors(const std::string &path) {
  return parseSafetensors(readFile(path), path);
}

SafetensorsWriter::SafetensorsWriter(const std::string &path, std::vector<TensorSpec> specs,
                                     const std::map<std::string, std::string> &metadata)
    : tensors(std::move(specs)), file(path) {
  std::sort(tensors.begin(), tensors.end(), [](const TensorSpec &a, const TensorSpec &b) {
    return std::pair(-dtypeBytes(a.dtype), std::string_view(a.name)) <
           std::pair(-dtypeBytes(b.dtype), std::string_view(b.name));
  });
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty())
    header["__metadata__"] = metadata;
  for (const TensorSpec &tensor : tensors) {
    if (tensor.name == "__metadata__")
      throw std::invalid_argument("no tensor of a file may be called '__metadata__'");
    const uint64_t end = expected + elementCount(tensor.shape) * dtypeBytes(tensor.dtype);
    header[tensor.name] = {{"dtype", dtypeName(tensor.dtype)},
                           {"shape", tensor.shape},
                           {"data_offsets", {expected, end}}};
    expected = end;
  }
  std::string text = header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  text.resize((text.size() + 7) / 8 * 8, ' '); // the values start at a multiple of 8
  const uint64_t length = text.size();
  file.write(std::as_bytes(std::span(&length, 1)));
  file.write(std::as_bytes(std::span(text)));
}

void SafetensorsWriter::write(std::span<const std::byte> bytes) {
  file.write(bytes);
  written += bytes.size();
}

void SafetensorsWriter::commit() {
  if (written != expected)
    throw std::logic_error("expected " + std::to_string(expected) + " bytes of values, got " +
                           std::to_string(written));
  file.commit();
}

void writeSafetensors(const std::string &path, const TensorFile &file) {
  std::vector<TensorSpec> specs;
  for (const auto &[name, tensor] : file.tensors)
    specs.push_back({name, tensor.dtype, tensor.shape});
  SafetensorsWriter out(path, std::move(specs), file.metadata);
  for (const TensorSpec &spec : out.order())
    out.write(file.tensors.at(spec.name).bytes);
  out.commit();
}

} // namespace spherical::runtime
