//===- problem.cpp - what `spherical bench` measures, in one word ---------===//

#include "tools/spherical/bench/problem.h"

#include "tools/spherical/bench/kinds.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/model/wrap.h"

#include "runtime/data/files.h"

#include <algorithm>
#include <sstream>

namespace spherical::driver {
namespace {

constexpr const char *flagValues = "true or false";

/// "b=20" taken apart; a flag alone means that it is set.
struct Setting {
  std::string name, value;
  bool hasValue = true;

  std::string text() const { return hasValue ? name + "=" + value : name; }
};

std::vector<Setting> settingsOf(const std::string &text, bool fileFirst) {
  std::vector<Setting> settings;
  for (size_t start = 0; start <= text.size();) {
    const size_t end = std::min(text.find(',', start), text.size());
    const std::string part = text.substr(start, end - start);
    const size_t sign = part.find('=');
    if (fileFirst && settings.empty() && !part.starts_with("file="))
      settings.push_back({"file", part});
    else if (sign == std::string::npos)
      settings.push_back({part, "true", false});
    else
      settings.push_back({part.substr(0, sign), part.substr(sign + 1)});
    start = end + 1;
  }
  return settings;
}

/// A key without a value has to be a flag.
void checkValues(const std::vector<Setting> &settings, const ProblemKind &kind) {
  for (const Setting &setting : settings)
    for (const Key<ProblemSettings> &key : kind.keys)
      if (key.name == setting.name && !setting.hasValue && key.values != flagValues)
        throw ModelFault{{},
                         "'" + key.name + "' expected a value (" + key.values + "), got none",
                         "write " + key.name + "=VALUE"};
}

Error faultError(const std::string &place, const std::string &message, const std::string &hint) {
  if (place.empty())
    return commandError(message, hint);
  return Error{place + ": error: " + message +
               (hint.empty() ? "" : "\n" + place + ": note: " + hint)};
}

const ProblemKind *findKind(const std::string &name) {
  const auto found = std::ranges::find(problemKinds(), name, &ProblemKind::name);
  return found == problemKinds().end() ? nullptr : &*found;
}

Error noSuchKind(const std::string &place, const std::string &name) {
  std::vector<std::string> names;
  for (const ProblemKind &kind : problemKinds())
    names.push_back(kind.name);
  const std::string hint = hintFor(name, names);
  return faultError(place, "expected a kind of problem, got '" + name + "'",
                    hint.empty() ? "'spherical help bench' lists them" : hint);
}

/// The settings in the order of the kind's keys.
std::string wordOf(const ProblemKind &kind, const std::vector<Setting> &settings) {
  std::string word = kind.name;
  for (const Key<ProblemSettings> &key : kind.keys)
    for (const Setting &setting : settings)
      if (setting.name == key.name)
        word += (word == kind.name ? ":" : ",") +
                (setting.name == "file" ? setting.value : setting.text());
  return word;
}

ProblemSettings readSettings(const ProblemKind &kind, const std::vector<Setting> &settings) {
  checkValues(settings, kind);
  YAML::Node map(YAML::NodeType::Map);
  for (const Setting &setting : settings)
    map.force_insert(setting.name, setting.value);
  ProblemSettings result = kind.initial;
  readKeys(map, kind.name, kind.keys, result);
  return result;
}

Key<ProblemSettings> textKey(const std::string &name, std::string ProblemSettings::*member,
                             const std::string &values, const std::string &meaning) {
  return {{name, values, byDefault(ProblemSettings().*member), meaning},
          [=](const YAML::Node &node, ProblemSettings &into) { into.*member = node.Scalar(); }};
}

ProblemKind modelKind() {
  ProblemSettings initial;
  initial.batch = 0;
  return {"model",
          "An entry of a model: model:FILE,key=value. Parameters are those that training starts "
          "from, those of them that are constant a little changed.",
          initial,
          {required(
               textKey("file", &ProblemSettings::file, ".yaml or .mlir of any phase", "the model")),
           textKey("entry", &ProblemSettings::entry, "the name of an entry",
                   "forward, loss_and_gradients, train_step or a function"),
           otherwise(batchKey(), "what the model says by default")},
          nullptr};
}

} // namespace

Key<ProblemSettings> batchKey() {
  return Keys<ProblemSettings>().integer("batch", &ProblemSettings::batch, 1, maxExtent,
                                         "number of samples");
}
Key<ProblemSettings> channelsKey() {
  return Keys<ProblemSettings>().integer("channels", &ProblemSettings::channels, 1, maxExtent,
                                         "channels of input and result");
}
Key<ProblemSettings> inKey() {
  return Keys<ProblemSettings>().integer("in", &ProblemSettings::in, 1, maxExtent,
                                         "channels of the input");
}
Key<ProblemSettings> outKey() {
  return Keys<ProblemSettings>().integer("out", &ProblemSettings::out, 1, maxExtent,
                                         "channels of the result");
}

Key<ProblemSettings> gradientKey() {
  return Keys<ProblemSettings>().flag("gradient", &ProblemSettings::gradient,
                                      "the gradients in all arguments instead");
}

const std::vector<ProblemKind> &problemKinds() {
  static const std::vector<ProblemKind> kinds = [] {
    std::vector<ProblemKind> all = sphereKinds();
    for (ProblemKind &kind : imageKinds())
      all.push_back(std::move(kind));
    all.push_back(modelKind());
    for (ProblemKind &kind : all)
      kind.keys.push_back(Keys<ProblemSettings>().word("fill", &ProblemSettings::fill,
                                                       {"normal", "zeros"},
                                                       "random numbers or zeros as arguments"));
    return all;
  }();
  return kinds;
}

ProblemProgram Problem::program() const { return findKind(kind)->program(*this); }

Result<Problem> parseProblem(const std::string &word, const std::string &place) {
  const size_t colon = std::min(word.find(':'), word.size());
  const std::string name = word.substr(0, colon);
  const ProblemKind *kind = findKind(name);
  if (!kind)
    return noSuchKind(place, name);
  std::vector<Setting> settings;
  if (colon + 1 < word.size())
    settings = settingsOf(word.substr(colon + 1), kind->program == nullptr);
  try {
    return Problem{wordOf(*kind, settings), name, readSettings(*kind, settings)};
  } catch (const ModelFault &fault) {
    return faultError(place, word + ": " + fault.message, fault.hint);
  } catch (const ModelFaults &several) {
    const ModelFault &first = several.faults.front();
    return faultError(place, word + ": " + first.message, first.hint);
  }
}

Result<std::vector<Problem>> readProblems(const std::string &path) {
  const std::vector<std::byte> bytes = runtime::readFile(path);
  std::istringstream file(std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size()));
  std::vector<Problem> problems;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    line.erase(std::min(line.find('#'), line.size()));
    const size_t start = line.find_first_not_of(" \t\r"), end = line.find_last_not_of(" \t\r");
    if (start == std::string::npos)
      continue;
    Result<Problem> problem =
        parseProblem(line.substr(start, end + 1 - start), path + ":" + std::to_string(number));
    if (!problem)
      return problem.error();
    problems.push_back(std::move(*problem));
  }
  if (problems.empty())
    return commandError("--problems: expected a problem a line in " + path + ", got none");
  return problems;
}

std::string problemReference() {
  std::string text = R"(Problems of 'spherical bench'

A problem is one word, kind:key=value,key=value. All keys have defaults; a flag
stands alone. Kinds are named by the op that is measured; 'b' is the band-limit
of its input and 'to' that of its result, in either direction. Angles are
radians or multiples of pi.
  so3_ft:b=20,batch=8,channels=14
  so3_ift:b=20,to=13,batch=8,channels=14,adjoint,relu
  so3_conv:b=16,to=8,in=16,out=32,grid=near_identity:max_beta=pi/5:alpha=6
  conv2d:size=60,kernel=5,padding=zero,gradient=weight
  model:model.yaml,entry=train_step,batch=32

)";
  for (const ProblemKind &kind : problemKinds()) {
    text += kind.name + "\n" + wrapped(kind.meaning, "  ", 2);
    for (const Key<ProblemSettings> &key : kind.keys)
      text += wrapped(key.name + " (" + key.values + ", " +
                          (key.required() ? "required" : key.otherwise) + "): " + key.meaning,
                      "  - ", 4);
    text += "\n";
  }
  return text;
}

} // namespace spherical::driver
