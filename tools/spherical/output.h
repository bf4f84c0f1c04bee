//===- output.h - results that go to files or the screen --------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H
#define SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H

#include "tools/spherical/result.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spherical::driver {

/// The forms of pictures, by endings.
inline const std::vector<std::string_view> pictureForms = {".png", ".svg", ".pdf"};

/// What is wrong with a name whose ending must say one of `forms` (".png"): "expected an output
/// that ends in .png, got 'a.jpg'"; "" if nothing is. A form "" allows names without an ending.
/// Where the ending need not tell several forms apart, devices and pipes pass by any name. Letters
/// may be of any size.
std::string wrongForm(const std::string &path, const std::vector<std::string_view> &forms);

/// The same of safetensors, which may have any name but one that promises a well-known other form.
std::string wrongTensorForm(const std::string &path);

/// Whether two names are of one file or folder; an empty name is of none.
bool isSameFile(const std::string &one, const std::string &other);

/// A file under the name of its option.
using NamedFile = std::pair<const char *, std::string>;

/// Fails if two options name one file, "expected different files for --input and --output, got 'a'
/// for both". Empty names and devices are passed by.
Status expectDifferent(const NamedFile &one, const NamedFile &other);

/// Throws std::system_error if the folder of a path takes no file: better now than after long work.
/// Empty paths are passed by.
void expectWritable(const std::vector<std::string> &paths);

/// Letters in a line of standard output: of the terminal, else what the environment variable
/// COLUMNS says, else 0 for any number.
size_t lineWidth();

/// Writes `text` to the file `path`, complete or not at all, or to standard output if `path` is
/// empty or
/// "-".
Status writeOutput(const std::string &path, const std::string &text);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_OUTPUT_H
