//===- evaluation_pictures.h - what a test found, drawn ---------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_EVALUATION_PICTURES_H
#define SPHERICAL_TOOLS_SPHERICAL_EVALUATION_PICTURES_H

#include "tools/spherical/prediction_views.h"
#include "tools/spherical/result.h"

#include "runtime/data/batches.h"
#include "runtime/train/evaluate.h"
#include "runtime/train/executable.h"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

namespace spherical::driver {

/// No confusion of more classes is drawn.
inline constexpr int64_t mostPicturedClasses = 1000;

/// Which pictures of a test are drawn; empty names stand for none.
struct PictureOptions {
  std::string picture = {}; ///< one file: predictions beside truth
  std::string folder = {};  ///< a file for each kind
  std::string form = {};    ///< of those in the folder: "png", "svg" or "pdf"; empty: png

  bool any() const { return !picture.empty() || !folder.empty(); }
};

/// Adds --picture, --pictures and --format.
void addPictureOptions(CLI::App &command, PictureOptions &options);

/// Fails if pictures are wanted that this build cannot draw, or a form without a folder.
Status checkPictures(const PictureOptions &options);

/// Collects what pictures of a test need while it runs: what the network gives for the first
/// samples, for the worst ones (by loss, or by mean absolute error), and pairs of values.
class EvaluationPictures {
public:
  /// Makes the folder, if one is wanted. Throws std::runtime_error if nothing can be written there,
  /// and for networks of more than 1000 classes, whose confusion matrix is not drawn.
  EvaluationPictures(const PictureOptions &options, const runtime::Executable &network,
                     PicturedData data);

  /// Adds a batch with what the network gives for it, [count][classes][points].
  void add(const runtime::Batch &batch, std::span<const float> outputs);

  /// The figures by their names: `predictions`, `worst`, and of classes `confusion` and
  /// `reliability`, of fields `scatter`.
  std::map<std::string, runtime::Figure> figures(const runtime::Evaluation &result) const;

  /// Draws and writes them, and prints the names of the files.
  void write(const runtime::Evaluation &result) const;

private:
  /// A sample with what the network gives for it.
  struct Kept {
    int64_t index = 0;
    double badness = 0.0;
    int32_t label = runtime::missingLabel; ///< of a sample of one class
    std::vector<float> outputs = {};
  };
  /// Pairs of one output: every `step`-th, so that there are at most so many.
  struct Pairs {
    std::vector<float> truth, predicted;
    int64_t seen = 0, step = 1;

    void add(float trueValue, float predictedValue);
  };

  double badnessOf(const runtime::Batch &batch, int64_t i, std::span<const float> outputs) const;
  void keepWorst(Kept sample);
  void addPairs(const runtime::Batch &batch, int64_t i, std::span<const float> outputs);
  runtime::Figure sheet(const std::string &title, std::span<const Kept> samples,
                        bool areWorst) const;
  runtime::Figure fields(const std::string &title, std::span<const Kept> samples) const;
  runtime::Figure scatter(const std::string &title) const;
  runtime::Figure confusion(const runtime::Evaluation &result) const;

  const PictureOptions options;
  const PicturedData data;
  const runtime::TargetKind target;
  const int64_t channels, points;
  std::vector<Kept> first, worst; ///< the worst one first
  std::vector<Pairs> pairs;       ///< of each output
};

/// The reliability of a test's probabilities.
runtime::Reliability reliabilityOf(const runtime::Calibration &calibration,
                                   const std::string &title);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_EVALUATION_PICTURES_H
