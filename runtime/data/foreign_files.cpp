//===- foreign_files.cpp - what other programs write ------------*- C++ -*-===//

#include "runtime/data/foreign_files.h"

#include <algorithm>
#include <string_view>

namespace spherical::runtime {
namespace {

constexpr const char *pytorch =
    "this is a PyTorch file; save it with safetensors.torch.save_file(model.state_dict(), "
    "\"state.safetensors\")";
constexpr const char *numpy =
    "this is a NumPy file; save it with safetensors.numpy.save_file({\"x\": x}, "
    "\"x.safetensors\")";
constexpr const char *hdf5 =
    "this is an HDF5 file; save its arrays with safetensors.numpy.save_file";
constexpr const char *pointer =
    "this is a pointer of Git LFS and not the file itself; 'git lfs pull' fetches it";
constexpr const char *page = "this is a web page and not the file that it offers";

/// An archive of torch.save holds <name>/data.pkl, one of numpy.savez holds arrays.
std::string archiveForm(std::string_view text) {
  if (text.find("data.pkl") != std::string_view::npos)
    return pytorch;
  return text.find(".npy") != std::string_view::npos ? numpy : "";
}

/// Pickles of protocol 2 and up start with PROTO and their protocol; older ones with the mark,
/// list, dict or global that they hold, and end in STOP.
bool isPickle(std::string_view text) {
  if (text.size() < 2)
    return false;
  const bool named = text[0] == '\x80' && text[1] >= 2 && text[1] <= 5;
  return named ||
         (std::string_view("(]}c").find(text[0]) != std::string_view::npos && text.back() == '.');
}

} // namespace

std::string foreignForm(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  if (text.starts_with("PK\x03\x04"))
    return archiveForm(text);
  if (text.starts_with("\x93NUMPY"))
    return numpy;
  if (text.starts_with("\x89HDF\r\n\x1a\n"))
    return hdf5;
  if (text.starts_with("version https://git-lfs"))
    return pointer;
  const size_t start = text.find_first_not_of(" \t\r\n");
  const std::string_view content = start == std::string_view::npos ? "" : text.substr(start);
  if (content.starts_with("<!DOCTYPE") || content.starts_with("<!doctype") ||
      content.starts_with("<html"))
    return page;
  return isPickle(text) ? pytorch : "";
}

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
