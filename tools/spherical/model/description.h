//===- description.h - a model as a person writes it ------------*- C++ -*-===//
//
// The contents of a YAML model file with every default filled in, and the way
// shapes go through its layers. Holds nothing of YAML or MLIR, so that both
// readers and both writers meet here.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_DESCRIPTION_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_DESCRIPTION_H

#include "tools/spherical/result.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace spherical::driver {

/// A place in the model file; lines and columns count from 1.
struct Position {
  int line = 1;
  int column = 1;
};

/// Rows and columns of an image, or of a step between windows.
struct ImageSize {
  int64_t rows = 0, columns = 0;

  bool isSquare() const { return rows == columns; }
  /// Whether an image of that size has as many rows and columns at least.
  bool fitsIn(const ImageSize &other) const {
    return rows <= other.rows && columns <= other.columns;
  }
  bool operator==(const ImageSize &) const = default;
};

/// "12" of a square, "12 x 24".
std::string sizeText(const ImageSize &size);

/// The same as a value in YAML: "12", "[12, 24]".
std::string sizeSetting(const ImageSize &size);

/// The points at which a kernel has its weights.
struct KernelGrid {
  /// near_identity, equatorial, soft or points.
  std::string kind = "near_identity";
  /// Numbers of beta, alpha and (on SO(3)) gamma values of near_identity and equatorial.
  int64_t beta = 0, alpha = 0, gamma = 0;
  /// Largest beta or distance from the equator, and largest gamma, in radians.
  double maxBeta = 0, maxGamma = 0;
  /// Band-limit of a soft grid.
  int64_t bandLimit = 0;
  /// Rows (beta, alpha[, gamma]) in radians, of kind points.
  std::vector<std::vector<double>> points;

  bool operator==(const KernelGrid &) const = default;
};

/// The grid of a kind with the defaults of the public code: near_identity has 3 x 8 (x 8) points
/// with beta up to pi/8 and gamma up to 2 pi; equatorial 1 x 32 (x 2) points with gamma up to pi/8.
KernelGrid defaultGrid(const std::string &kind, bool onSO3);

enum class LayerKind {
  S2Conv,
  SO3Conv,
  SO3ToS2,
  OrbitMean,
  ReLU,
  LeakyReLU,
  GELU,
  Rotate,
  Residual,
  Integrate,
  Resample,
  BatchNorm,
  Linear,
  Conv2d,
  ConvTranspose2d,
  Down,
  Up,
  MaxPool,
  AvgPool,
  GlobalAvgPool,
  Upsample,
  Concat
};

/// All layers, in the order of the list above.
const std::vector<LayerKind> &layerKinds();

/// The name of a layer in YAML: s2_conv, so3_conv, so3_to_s2, orbit_mean, relu, leaky_relu, gelu,
/// rotate, residual, integrate, resample, batch_norm, linear, conv2d, conv_transpose2d, down, up,
/// max_pool, avg_pool, global_avg_pool, upsample, concat.
const char *layerName(LayerKind kind);

/// One layer. Fields that its kind has no use for keep their defaults.
struct Layer {
  LayerKind kind = LayerKind::ReLU;
  Position position;
  /// Features that a convolution or linear layer gives.
  int64_t channels = 0;
  /// Band-limit that a convolution or resample gives.
  int64_t bandLimit = 0;
  Position bandLimitPosition;
  KernelGrid grid;
  /// Whether a bias is added; of residual, to the shortcut.
  bool bias = true;
  /// zero, quadrature or truncated where the band-limit grows, otherwise empty.
  std::string high;
  /// sum_n, orbit_mean or invariant, of so3_to_s2.
  std::string projection = "sum_n";
  /// Of batch_norm; the statistics are area or grid, grid on functions only.
  double epsilon = 1e-5, momentum = 0.1;
  std::string statistics = "area";
  /// Of leaky_relu: the factor of negative values, at least 0 and below 1.
  double slope = 0.01;
  /// Of rotate: alpha, beta, gamma in radians.
  std::array<double, 3> angles = {0, 0, 0};
  /// Sides of a planar layer's windows and steps between them; what is behind the image's border:
  /// valid (no window reaches there), zero or circular.
  int64_t kernel = 1, stride = 1;
  std::string padding = "valid";
  /// Rows and columns that conv_transpose2d and up add to the smallest result; below the stride.
  int64_t outputPadding = 0;
  /// Of the image that upsample gives.
  ImageSize size;
  /// Of residual: the layers to whose result a shortcut from their input is added: on SO(3) an
  /// equivariant one with weights; of images the input itself where the result has its channels and
  /// side, else a convolution of one value a window, with the stride of `shortcutStride` or
  /// followed by an upsampling. Of concat: the layers whose result gets its channels behind those
  /// of their input.
  std::vector<Layer> block;
};

/// Whether the layer has a kernel on a grid of points: s2_conv, so3_conv or so3_to_s2.
bool isConvolution(const Layer &layer);

/// Whether the layer works on images.
bool isPlanar(const Layer &layer);

/// Whether the layer convolves images with a kernel: conv2d, conv_transpose2d, down or up.
bool convolvesImages(const Layer &layer);

/// The size of the image that a planar layer gives for one of `size`; an extent is below 1 if no
/// window fits. Layers that keep the size, and concat, give `size`.
ImageSize imageSizeAfter(const Layer &layer, const ImageSize &size);

/// The stride of the shortcut from an image of size `before` to a smaller one of size `after`: the
/// smallest s with ceil(before / s) = after, of rows and of columns; 1 if `before` fits in `after`,
/// 0 if there is none.
int64_t shortcutStride(const ImageSize &before, const ImageSize &after);

/// What a model predicts: a class for each sample, or for each point of a grid on S2 or of an
/// image; or numbers, for each sample or for each point.
enum class Task { Classification, Segmentation, Regression };

/// classification, segmentation or regression.
const char *taskName(Task task);

/// What the result of a task's model is called: logits, or values.
const char *outputName(Task task);

/// The loss of a task whose model says none.
const char *defaultLoss(Task task);

/// What training makes small.
struct LossDescription {
  /// cross_entropy, of classes; mean_squared_error, mean_absolute_error or huber.
  std::string kind = "cross_entropy";
  /// Whether points weigh as their area on the sphere; otherwise all points weigh the same.
  bool area = false;
  /// Label of points that do not count.
  std::optional<int64_t> ignore;
  /// One weight a class; empty: all the same, or, with `balanced`, those of the data: N / (K n_c)
  /// for n_c of N labels in class c of K (balancedWeights).
  std::vector<double> classWeights;
  bool balanced = false;
  /// Share of the truth that all classes have together, of cross_entropy.
  double labelSmoothing = 0;
  /// Of huber: the error at which the square turns into a straight line.
  double delta = 1;
  Position position;
};

/// The decay of adamw unless the file says another.
constexpr double defaultWeightDecay = 0.01;

/// How `train` updates the parameters, and how long. The first fields decide what a step computes,
/// those from the schedule on are the training loop's.
struct TrainingDescription {
  /// adam; adamw, which has a weight decay; or sgd, which has a momentum and a weight decay.
  std::string optimizer = "adam";
  double learningRate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  /// Of sgd: the decay of the sum of gradients, and whether the step looks ahead.
  double momentum = 0;
  bool nesterov = false;
  double weightDecay = 0;
  /// Largest norm of all gradients together; 0: any.
  double clip = 0;
  /// Batches whose gradients make one step.
  int64_t accumulate = 1;
  /// Decay of the moving average of the parameters; 0: none is kept.
  double average = 0;
  /// Globs (* and ?) over the names of parameters that keep their values.
  std::vector<std::string> freeze;
  Position freezePosition;

  /// constant, cosine, step, plateau or one_cycle; empty: what `train` does by itself.
  std::string schedule;
  /// Steps of rising learning rate.
  int64_t warmup = 0;
  /// Of step: epochs between two falls. Of step and plateau: what the rate is multiplied by.
  int64_t stepEpochs = 10;
  double factor = 0.1;
  /// Of plateau: epochs without a better result before the rate falls.
  int64_t plateauPatience = 5;
  /// The metric whose best value ends the training `patience` epochs later; empty: none does.
  std::string earlyStopping;
  int64_t patience = 10;
  /// A share of the training part, above 0 and below 1, or a path; empty: none.
  std::string validation;
  /// 0: what `train` does by itself.
  int64_t epochs = 0;
  std::optional<int64_t> seed;
};

/// What is wrong with the numbers or does not belong together, such as a momentum of adam, as
/// "momentum expected ..., got ..."; empty if nothing is.
std::string trainingFault(const TrainingDescription &training);
std::string lossFault(const LossDescription &loss);

/// The weights of `balanced`: N / (K n_c) for counts n_c of K classes, N together, so that weights
/// are 1 in the mean over labels. Fails at a class without a label.
Result<std::vector<double>> balancedWeights(const std::vector<int64_t> &counts);

/// A whole model file.
struct ModelDescription {
  std::string file;
  std::string name = "model";
  Task task = Task::Classification;
  int64_t batch = 32;
  int64_t inputChannels = 1, inputBandLimit = 0;
  /// Of an image; nothing where the input is a function on S2.
  ImageSize inputSize;
  Position inputPosition;

  bool takesImages() const { return inputSize != ImageSize(); }
  std::vector<Layer> layers;
  Position layersPosition;
  LossDescription loss;
  TrainingDescription training;
};

/// What flows between two layers.
struct LayerShape {
  enum Kind { OnS2, OnSO3, Features, Image } kind = OnS2;
  int64_t channels = 0;
  int64_t bandLimit = 0;
  /// Of an image.
  ImageSize size = {};

  bool operator==(const LayerShape &) const = default;
};

/// The kinds of what a layer takes, and of what it gives; nothing if that is of the kind of its
/// input.
const std::vector<LayerShape::Kind> &takenKinds(LayerKind layer);
std::optional<LayerShape::Kind> givenKind(LayerKind layer);

/// "a function on S2 or SO(3)", "an image".
std::string kindNames(const std::vector<LayerShape::Kind> &kinds);

/// The number of points of a kernel grid on S2 or SO(3).
int64_t gridPoints(const KernelGrid &grid, bool onSO3);

/// The convolution of single values in the shortcut of a layer down or up, or of residual on
/// images.
Layer shortcutConvolution(const Layer &layer);

/// Extents of a tensor, outermost first.
using Extents = std::vector<int64_t>;

/// What a layer itself learns between an input `in` and a result `out`: the kernel [in, out,
/// point], or the weight ([out, in, row, column], of transposed convolutions [in, out, row,
/// column], of linear [out, in], of batch_norm [in]), then the bias [out] if there is one. Layers
/// down and up go on with their shortcut's convolution; residual learns its shortcut's, if it has
/// one.
std::vector<Extents> learnedShapes(const Layer &layer, const LayerShape &in, const LayerShape &out);

/// The elements of all of these together.
int64_t learnedNumbers(const Layer &layer, const LayerShape &in, const LayerShape &out);

/// What goes into a layer and comes out of it, and the numbers that it learns, those of the layers
/// in its block aside.
struct LayerFlow {
  LayerShape before, after;
  int64_t parameters = 0;
};

/// A model's way from its input to its output.
struct ModelFlow {
  LayerShape input, output;
  /// In the order of the file: a layer, then those in its block.
  std::vector<LayerFlow> layers;

  int64_t parameters() const;
};

/// What flows through a model. Fails with every layer that cannot take what precedes it, and if the
/// model does not end in what its task needs or the loss does not fit that.
Result<ModelFlow> checkModel(const ModelDescription &model);

/// "file:line:column: error: message", with "note: hint" on a second line unless `hint` is empty.
Error errorAt(const std::string &file, Position position, const std::string &message,
              const std::string &hint = "");

/// The one of `words` that is nearest to `word` and near enough to be meant, or an empty string.
std::string nearestWord(const std::string &word, const std::vector<std::string> &words);

/// "did you mean '...'?" of the word that is near or that other programs call so, or why there is
/// none; nothing if there is no guess.
std::string hintFor(const std::string &word, const std::vector<std::string> &words);

/// The same in parentheses behind a space, for the end of a sentence.
std::string guessFor(const std::string &word, const std::vector<std::string> &words);

/// "a, b or c".
std::string joined(const std::vector<std::string> &words);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_DESCRIPTION_H
