//===- prediction_table.cpp - predictions as lines and objects --*- C++ -*-===//

#include "runtime/data/files.h"
#include "runtime/data/sets/prediction_writer.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr size_t pieceBytes = 1 << 20;

/// The shortest text that reads back as the number.
template <typename T> std::string numberOf(T value) {
  char text[32];
  return {text, std::to_chars(text, text + sizeof(text), value).ptr};
}

/// A field of a line (RFC 4180).
std::string quoted(const std::string &text) {
  if (text.find_first_of(",\"\r\n") == text.npos)
    return text;
  std::string result = "\"";
  for (const char letter : text)
    result += letter == '"' ? std::string("\"\"") : std::string(1, letter);
  return result + "\"";
}

class PredictionTable : public PredictionWriter {
public:
  PredictionTable(const std::string &path, const PredictionForm &form)
      : form(form), ending(endingOf(path)), file(path) {
    text = ending == ".csv" ? header() : ending == ".json" ? "[" : "";
  }

  void add(const Prediction &prediction) override {
    if (ending == ".json")
      text += isFirst ? "\n" : ",\n";
    isFirst = false;
    text += ending == ".csv"
                ? line(prediction)
                : object(prediction).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    text += ending == ".json" ? "" : "\n";
    if (text.size() >= pieceBytes)
      flush();
  }

  void commit() override {
    if (ending == ".json")
      text += "\n]\n";
    flush();
    file.commit();
  }

private:
  void flush() {
    file.write(std::as_bytes(std::span(text)));
    text.clear();
  }

  std::string nameOf(int64_t index) const {
    return form.classes.empty() ? std::to_string(index) : form.classes[index];
  }

  std::string header() const {
    std::string line = "sample";
    if (form.kind == TargetKind::Class)
      line += std::string(form.withTruth ? ",truth" : "") + ",class,name,probability";
    for (int64_t k = 0; k < form.outputs; ++k)
      line += "," + (form.kind == TargetKind::Class ? quoted("p(" + nameOf(k) + ")")
                                                    : "value" + std::to_string(k));
    return line + "\n";
  }

  std::string line(const Prediction &prediction) const {
    std::string text = quoted(prediction.name);
    const bool known = !prediction.outputs.empty();
    if (form.kind != TargetKind::Class) {
      for (int64_t k = 0; k < form.outputs; ++k)
        text += "," + (known ? numberOf(prediction.outputs[k]) : "");
      return text;
    }
    if (form.withTruth)
      text += "," + (prediction.truth < 0 ? "" : std::to_string(prediction.truth));
    if (!known)
      return text + ",,," + std::string(form.outputs, ',');
    const int32_t best = classOfPoint(prediction.outputs, form.outputs, 0);
    const std::vector<double> shares = probabilitiesOf(prediction.outputs);
    text += "," + std::to_string(best) + "," + quoted(nameOf(best)) + "," +
            numberOf(static_cast<float>(shares[best]));
    for (const double share : shares)
      text += "," + numberOf(static_cast<float>(share));
    return text;
  }

  nlohmann::ordered_json object(const Prediction &prediction) const {
    nlohmann::ordered_json object = {{"sample", prediction.name}};
    const bool known = !prediction.outputs.empty();
    if (form.kind != TargetKind::Class) {
      object["values"] = known ? nlohmann::ordered_json(std::vector<float>(
                                     prediction.outputs.begin(), prediction.outputs.end()))
                               : nlohmann::ordered_json();
      return object;
    }
    if (form.withTruth)
      object["truth"] = prediction.truth;
    if (!known) {
      object["class"] = nullptr;
      return object;
    }
    const int32_t best = classOfPoint(prediction.outputs, form.outputs, 0);
    const std::vector<double> shares = probabilitiesOf(prediction.outputs);
    object["class"] = best;
    object["name"] = nameOf(best);
    object["probability"] = shares[best];
    for (int64_t k = 0; k < form.outputs; ++k)
      object["probabilities"][nameOf(k)] = shares[k];
    return object;
  }

  PredictionForm form;
  std::string ending;
  ReplacingFile file;
  std::string text;
  bool isFirst = true;
};

} // namespace

std::unique_ptr<PredictionWriter> createPredictionTable(const std::string &path,
                                                        const PredictionForm &form) {
  if (form.kind != TargetKind::Class && form.kind != TargetKind::Values)
    throw std::runtime_error(path + ": expected a folder for indexed PNG, or a file of arrays "
                                    "(.npz, .npy, .safetensors, .h5, .nc), for predictions of "
                                    "each point, got a table");
  return std::make_unique<PredictionTable>(path, form);
}

} // namespace spherical::runtime
