//===- prediction_writer.cpp - what a network says, in files ----*- C++ -*-===//

#include "runtime/data/sets/prediction_writer.h"

#include "runtime/data/files.h"
#include "runtime/data/sets/array_writer.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr int64_t mostByteClasses = 255; // the last byte stands for none

template <typename T> std::span<const std::byte> bytesOf(const std::vector<T> &values) {
  return std::as_bytes(std::span(values));
}

std::vector<int64_t> pointShape(const PredictionForm &form, std::vector<int64_t> front) {
  if (form.grid.isHealpix())
    front.push_back(form.grid.points());
  else
    front.insert(front.end(), {form.grid.rows, form.grid.columns});
  return front;
}

Words wordsFor(const PredictionForm &form) {
  Words words;
  if (!form.classes.empty())
    words["classes"] = form.classes;
  if (form.kind == TargetKind::PointClasses || form.kind == TargetKind::Field)
    words["grid"] = {gridText(form.grid)};
  return words;
}

std::vector<TensorSpec> arraysFor(const PredictionForm &form) {
  const int64_t count = form.count, outputs = form.outputs;
  switch (form.kind) {
  case TargetKind::PointClasses:
    return {
        {"labels", outputs <= mostByteClasses ? DType::U8 : DType::I32, pointShape(form, {count})}};
  case TargetKind::Values:
    return {{"values", DType::F32, {count, outputs}}};
  case TargetKind::Field:
    return {{"values", DType::F32, pointShape(form, {count, outputs})}};
  default:
    break;
  }
  std::vector<TensorSpec> arrays = {{"labels", DType::I32, {count}},
                                    {"probabilities", DType::F32, {count, outputs}}};
  if (form.withTruth)
    arrays.push_back({"truth", DType::I32, {count}});
  return arrays;
}

class PredictionArrays : public PredictionWriter {
public:
  PredictionArrays(const std::string &path, ArrayForm arrays, const PredictionForm &form)
      : form(form), writer(createArrays(path, arrays, arraysFor(form), wordsFor(form))) {}

  void add(const Prediction &prediction) override {
    if (form.kind == TargetKind::PointClasses)
      addMask(prediction.outputs);
    else if (isNumeric(form.kind))
      addValues(prediction.outputs);
    else
      addClass(prediction);
  }

  void commit() override { writer->commit(); }

private:
  void addClass(const Prediction &prediction) {
    const bool known = !prediction.outputs.empty();
    const std::vector<int32_t> label = {known ? classOfPoint(prediction.outputs, form.outputs, 0)
                                              : missingLabel};
    std::vector<float> shares(form.outputs, std::numeric_limits<float>::quiet_NaN());
    if (known)
      std::ranges::transform(probabilitiesOf(prediction.outputs), shares.begin(),
                             [](double share) { return static_cast<float>(share); });
    writer->write(0, bytesOf(label));
    writer->write(1, bytesOf(shares));
    if (form.withTruth)
      writer->write(2, bytesOf(std::vector<int32_t>{prediction.truth}));
  }

  void addMask(std::span<const float> logits) {
    std::vector<int32_t> labels(form.grid.points(), missingLabel);
    for (int64_t i = 0; !logits.empty() && i < form.grid.points(); ++i)
      labels[i] = classOfPoint(logits, form.outputs, i);
    if (form.outputs <= mostByteClasses)
      writer->write(0, bytesOf(std::vector<uint8_t>(labels.begin(), labels.end())));
    else
      writer->write(0, bytesOf(labels));
  }

  void addValues(std::span<const float> values) {
    const int64_t points = form.kind == TargetKind::Field ? form.grid.points() : 1;
    std::vector<float> row(values.begin(), values.end());
    row.resize(form.outputs * points, std::numeric_limits<float>::quiet_NaN());
    writer->write(0, bytesOf(row));
  }

  PredictionForm form;
  std::unique_ptr<ArrayWriter> writer;
};

} // namespace

std::unique_ptr<PredictionWriter> createPredictions(const std::string &path,
                                                    const PredictionForm &form) {
  if (const std::optional<ArrayForm> arrays = arrayFormByEnding(path))
    return std::make_unique<PredictionArrays>(path, *arrays, form);
  const std::string ending = endingOf(path);
  if (ending == ".csv" || ending == ".json" || ending == ".jsonl")
    return createPredictionTable(path, form);
  if (ending.empty())
    return createPredictionFolder(path, form);
  throw std::runtime_error("expected an output that ends in .csv, .json, .jsonl, .npy, .npz, "
                           ".safetensors, .h5 or .nc, or a folder, got '" +
                           path + "'");
}

int32_t classOfPoint(std::span<const float> logits, int64_t classes, int64_t point) {
  const int64_t points = static_cast<int64_t>(logits.size()) / classes;
  int32_t best = 0;
  for (int64_t c = 1; c < classes; ++c)
    if (logits[c * points + point] > logits[best * points + point])
      best = static_cast<int32_t>(c);
  return best;
}

std::vector<double> probabilitiesOf(std::span<const float> logits) {
  const double largest = *std::ranges::max_element(logits);
  std::vector<double> shares;
  double sum = 0.0;
  for (const float logit : logits) {
    shares.push_back(std::exp(logit - largest));
    sum += shares.back();
  }
  for (double &share : shares)
    share /= sum;
  return shares;
}

std::vector<Color> paletteOf(std::span<const Color> given, int64_t count) {
  std::vector<Color> palette(given.begin(),
                             given.begin() + std::min<int64_t>(count, std::ssize(given)));
  // The bits of the class's number, spread over the high bits of the three channels (the palette
  // of PASCAL VOC): the first is black, and all of 256 differ.
  for (int64_t c = std::ssize(palette); c < count; ++c) {
    Color color = {};
    for (int64_t bits = c, shift = 7; bits > 0; bits >>= 3, --shift)
      for (int channel = 0; channel < 3; ++channel)
        color[channel] |= static_cast<uint8_t>((bits >> channel & 1) << shift);
    palette.push_back(color);
  }
  return palette;
}

} // namespace spherical::runtime
