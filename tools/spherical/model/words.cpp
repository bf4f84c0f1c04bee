//===- words.cpp - guesses at what was meant ------------------------------===//

#include "tools/spherical/model/description.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace spherical::driver {

/// Number of insertions, deletions and replacements that turn `a` into `b`.
static size_t editDistance(const std::string &a, const std::string &b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row.back();
}

/// The word whose spelling is nearest and near enough, or an empty string.
static std::string nearSpelling(const std::string &word, const std::vector<std::string> &words) {
  std::string best;
  size_t bestDistance = std::max<size_t>(2, word.size() / 3) + 1;
  for (const std::string &candidate : words) {
    const size_t distance = editDistance(word, candidate);
    if (distance < bestDistance) {
      bestDistance = distance;
      best = candidate;
    }
  }
  return best;
}

/// Letters in lower case, digits, and nothing else: "BatchNorm" and "batch_norm" are the same word.
static std::string bareWord(const std::string &word) {
  std::string bare;
  for (const unsigned char c : word)
    if (std::isalnum(c))
      bare += static_cast<char>(std::tolower(c));
  return bare;
}

/// The one of `words` that other programs call `word`, or that is written otherwise; or an empty
/// string.
static std::string knownWord(const std::string &word, const std::vector<std::string> &words) {
  static const std::map<std::string, std::string> elsewhere = {
      {"accumulationsteps", "accumulate"},
      {"adaptiveavgpool2d", "global_avg_pool"},
      {"averagepool", "avg_pool"},
      {"avgpool2d", "avg_pool"},
      {"bandwidth", "bandlimit"},
      {"batchnorm1d", "batch_norm"},
      {"batchnorm2d", "batch_norm"},
      {"batchsize", "batch"},
      {"bn", "batch_norm"},
      {"ce", "cross_entropy"},
      {"conv", "conv2d"},
      {"convolution", "conv2d"},
      {"cosineannealing", "cosine"},
      {"crossentropyloss", "cross_entropy"},
      {"deconv2d", "conv_transpose2d"},
      {"dense", "linear"},
      {"ema", "average"},
      {"epsilon", "eps"},
      {"exponentialmovingaverage", "average"},
      {"fc", "linear"},
      {"features", "channels"},
      {"filters", "channels"},
      {"frozen", "freeze"},
      {"gap", "global_avg_pool"},
      {"gpu", "cuda"},
      {"gradaccumulation", "accumulate"},
      {"gradclip", "clip"},
      {"gradientaccumulation", "accumulate"},
      {"huberloss", "huber"},
      {"ignoreindex", "ignore"},
      {"interpolate", "upsample"},
      {"kernelsize", "kernel"},
      {"l1", "mean_absolute_error"},
      {"l1loss", "mean_absolute_error"},
      {"l2", "mean_squared_error"},
      {"lmax", "bandlimit"},
      {"lr", "learning_rate"},
      {"lrelu", "leaky_relu"},
      {"lrschedule", "schedule"},
      {"maxnorm", "clip"},
      {"maxpool2d", "max_pool"},
      {"maxpooling", "max_pool"},
      {"mae", "mean_absolute_error"},
      {"movingaverage", "average"},
      {"mse", "mean_squared_error"},
      {"mseloss", "mean_squared_error"},
      {"negativeslope", "slope"},
      {"nll", "cross_entropy"},
      {"numclasses", "channels"},
      {"onecyclelr", "one_cycle"},
      {"outchannels", "channels"},
      {"outfeatures", "channels"},
      {"pool", "max_pool"},
      {"rate", "learning_rate"},
      {"reducelronplateau", "plateau"},
      {"s2conv", "s2_conv"},
      {"scheduler", "schedule"},
      {"shortcut", "residual"},
      {"skip", "residual"},
      {"smoothing", "label_smoothing"},
      {"smoothl1", "huber"},
      {"smoothl1loss", "huber"},
      {"so3integrate", "integrate"},
      {"softmaxcrossentropy", "cross_entropy"},
      {"steplr", "step"},
      {"warmupsteps", "warmup"},
      {"wd", "weight_decay"},
      {"weightdecay", "weight_decay"}};
  const std::string bare = bareWord(word);
  const auto ours = elsewhere.find(bare);
  const std::string wanted = ours == elsewhere.end() ? bare : bareWord(ours->second);
  for (const std::string &candidate : words)
    if (!bare.empty() && (bareWord(candidate) == bare || bareWord(candidate) == wanted))
      return candidate;
  return "";
}

std::string nearestWord(const std::string &word, const std::vector<std::string> &words) {
  const std::string known = knownWord(word, words);
  return known.empty() ? nearSpelling(word, words) : known;
}

/// Why there is no layer that other programs have.
static std::string reasonFor(const std::string &word, const std::vector<std::string> &words) {
  if (std::ranges::find(words, "integrate") == words.end())
    return "";
  const std::string bare = bareWord(word);
  if (bare == "flatten")
    return "'integrate', or 'global_avg_pool' of images, gives features, which are flat";
  if (bare == "softmax" || bare == "logsoftmax")
    return "the last layer gives logits; the loss cross_entropy has the softmax";
  if (bare.starts_with("dropout"))
    return "there is no dropout; 'training: {optimizer: adamw}' has a weight decay";
  return "";
}

std::string hintFor(const std::string &word, const std::vector<std::string> &words) {
  if (const std::string reason = reasonFor(word, words); !reason.empty())
    return reason;
  const std::string nearest = nearestWord(word, words);
  return nearest.empty() ? "" : "did you mean '" + nearest + "'?";
}

std::string guessFor(const std::string &word, const std::vector<std::string> &words) {
  const std::string hint = hintFor(word, words);
  return hint.empty() ? "" : " (" + hint + ")";
}

std::string joined(const std::vector<std::string> &words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i)
    text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + words[i];
  return text;
}

} // namespace spherical::driver
