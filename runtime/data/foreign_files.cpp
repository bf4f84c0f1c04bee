//===- foreign_files.cpp - what other programs write ------------*- C++ -*-===//

#include "runtime/data/foreign_files.h"

#include "runtime/data/files.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace spherical::runtime {
namespace {

const FileForm pytorch = {"a PyTorch file",
                          "save it with safetensors.torch.save_file(model.state_dict(), "
                          "\"state.safetensors\")"};
const FileForm numpy = {"a NumPy file", "save it with safetensors.numpy.save_file({\"x\": x}, "
                                        "\"x.safetensors\")"};
const char *const modelRemedy = "'spherical train' writes the weights of a model";
const char *const dataRemedy = "--data takes the folder of such files";
const FileForm yaml = {"a model in YAML", modelRemedy, true};
const FileForm mlir = {"a model in MLIR", modelRemedy, true};

/// A file that starts with `magic`, whatever its name.
struct Beginning {
  std::string_view magic;
  FileForm form;
};

const std::vector<Beginning> &beginnings() {
  using namespace std::string_view_literals;
  static const std::vector<Beginning> all = {
      {"\x93NUMPY"sv, numpy},
      {"\x89HDF\r\n\x1a\n"sv, {"an HDF5 file", "save its arrays with safetensors.numpy.save_file"}},
      {"version https://git-lfs"sv,
       {"a pointer of Git LFS and not the file itself", "'git lfs pull' fetches it"}},
      {"\177ELF"sv, {"a compiled library or program", modelRemedy}},
      {"ML\xefR"sv, {"a model in MLIR bytecode", modelRemedy}},
      {"\x89PNG"sv, {"a picture (PNG)", ""}},
      {"\xff\xd8\xff"sv, {"a picture (JPEG)", ""}},
      {"\x1f\x8b"sv,
       {"a gzip file", "gunzip unpacks it; of IDX files, " + std::string(dataRemedy)}}};
  return all;
}

/// An archive of torch.save holds <name>/data.pkl, one of numpy.savez holds arrays.
FileForm archiveForm(std::string_view text) {
  if (text.find("data.pkl") != std::string_view::npos)
    return pytorch;
  return text.find(".npy") != std::string_view::npos ? numpy : FileForm{"a zip archive", ""};
}

/// Whether the ending says that a text is a model.
bool isNamedModel(const std::string &ending) {
  return ending == ".yaml" || ending == ".yml" || ending == ".mlir";
}

/// Pickles of protocol 2 and up start with PROTO and their protocol; older ones with the mark,
/// list, dict or global that they hold, and end in STOP.
bool isPickle(std::string_view text, const std::string &path) {
  if (text.size() < 2)
    return false;
  const bool named = text[0] == '\x80' && text[1] >= 2 && text[1] <= 5;
  return named || (std::string_view("(]}c").find(text[0]) != std::string_view::npos &&
                   text.back() == '.' && !isNamedModel(endingOf(path)));
}

/// Two zeros, the type of the values (0x08 to 0x0e), and 1 to 4 axes.
bool isIdx(std::string_view text) {
  return text.size() >= 8 && text[0] == 0 && text[1] == 0 && text[2] >= 8 && text[2] <= 14 &&
         text[3] >= 1 && text[3] <= 4;
}

/// The length of a header of JSON that fits into the file.
bool isSafetensors(std::string_view text) {
  uint64_t length = 0;
  if (text.size() <= sizeof(length) || text[sizeof(length)] != '{')
    return false;
  std::memcpy(&length, text.data(), sizeof(length));
  return length <= text.size() - sizeof(length);
}

/// What text starts with after blanks.
std::string_view contentOf(std::string_view text) {
  const size_t start = text.find_first_not_of(" \t\r\n");
  return start == std::string_view::npos ? "" : text.substr(start);
}

/// Whether the first line that is no comment starts with a key of a model.
bool startsAsModel(std::string_view text) {
  text = contentOf(text);
  while (text.starts_with("#"))
    text = contentOf(text.substr(std::min(text.size(), text.find('\n'))));
  return std::ranges::any_of(
      std::array{"name:", "task:", "batch:", "input:", "layers:", "loss:", "training:"},
      [text](const char *key) { return text.starts_with(key); });
}

FileForm textForm(std::string_view text, const std::string &path) {
  const std::string_view content = contentOf(text);
  const std::string ending = endingOf(path);
  if (content.starts_with("<!DOCTYPE") || content.starts_with("<!doctype") ||
      content.starts_with("<html"))
    return {"a web page and not the file that it offers", "", true};
  if (isNamedModel(ending))
    return ending == ".mlir" ? mlir : yaml;
  if (startsAsModel(text))
    return yaml;
  if (text.find("func.func") != std::string_view::npos)
    return mlir;
  if (content.starts_with("{") || content.starts_with("["))
    return {"JSON", "", true};
  return {"text", "", true};
}

/// Whether the first bytes are letters, blanks and line ends: no others that UTF-8 has not.
bool isText(std::string_view text) {
  constexpr size_t looked = 4096;
  return std::ranges::all_of(text.substr(0, looked), [](unsigned char c) {
    return c >= ' ' ? c != 0x7f && c < 0xf8 : c >= '\t' && c <= '\r';
  });
}

} // namespace

FileForm fileForm(std::span<const std::byte> bytes, const std::string &path) {
  const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (text.empty())
    return {"an empty file", ""};
  if (text.starts_with("PK\x03\x04"))
    return archiveForm(text);
  for (const auto &[magic, form] : beginnings())
    if (text.starts_with(magic))
      return form;
  if (isSafetensors(text))
    return {"a safetensors file", ""};
  if (isIdx(text))
    return {"an IDX file", dataRemedy};
  if (isPickle(text, path))
    return pytorch;
  return isText(text) ? textForm(text, path) : FileForm{};
}

FileForm fileForm(const std::string &path) { return fileForm(readFile(path), path); }

/// What all names begin with, up to a dot and with it.
static std::string sharedPrefix(const TensorFile &file) {
  if (file.tensors.size() < 2)
    return "";
  // Of sorted names, the first and the last differ the earliest.
  const std::string &first = file.tensors.begin()->first, &last = file.tensors.rbegin()->first;
  const auto end = std::mismatch(first.begin(), first.end(), last.begin(), last.end()).first;
  const std::string shared(first.begin(), end);
  return shared.substr(0, shared.rfind('.') + 1);
}

std::string foreignPrefix(const TensorFile &file, const std::vector<std::string> &wanted) {
  const std::string shared = sharedPrefix(file);
  for (std::string prefix = shared; !prefix.empty();) {
    if (std::ranges::any_of(
            wanted, [&](const std::string &name) { return file.tensors.contains(prefix + name); }))
      return prefix;
    prefix.pop_back();
    prefix.resize(prefix.rfind('.') + 1);
  }
  const bool ours = std::ranges::any_of(
      wanted, [&](const std::string &name) { return name.starts_with(shared); });
  return ours ? "" : shared;
}

std::string prefixAdvice(const TensorFile &file, const std::vector<std::string> &wanted) {
  const std::string prefix = foreignPrefix(file, wanted);
  return prefix.empty() ? ""
                        : "; all names begin with '" + prefix +
                              "': 'spherical weights import' takes them with --prefix " + prefix;
}

} // namespace spherical::runtime
