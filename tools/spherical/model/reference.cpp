//===- reference.cpp - what model files may say, for people ---------------===//

#include "tools/spherical/model/reference.h"

#include "tools/spherical/model/schema.h"
#include "tools/spherical/model/wrap.h"

#include <algorithm>

namespace spherical::driver {
namespace {

/// "- `eps` (number above 0, default 1e-05): added to the variance."
std::string keyLine(const KeyText &key, const std::string &more = "") {
  const std::string presence = key.required() ? "required" : key.otherwise;
  return wrapped("`" + key.name + "` (" + key.values + ", " + presence + more +
                     "): " + key.meaning + ".",
                 "- ", 2);
}

template <typename T> std::string keyLines(const std::vector<Key<T>> &keys) {
  std::string text;
  for (const Key<T> &key : keys)
    text += keyLine(key);
  return text;
}

/// What stands behind a layer's name in place of a map.
std::string valueLine(const LayerSchema &schema) {
  return wrapped((schema.keys.empty() ? "the value (" : "in place of a map (") +
                     schema.value.values + "): " + schema.value.meaning + ".",
                 "- ", 2);
}

std::string layerText(const LayerSchema &schema) {
  const std::optional<LayerShape::Kind> given = givenKind(schema.kind);
  const std::string flow = "Takes " + kindNames(takenKinds(schema.kind)) + ", gives " +
                           (given ? kindNames({*given}) : "the same kind") + ". ";
  std::string text = "### " + std::string(layerName(schema.kind)) + "\n\n" +
                     wrapped(flow + schema.meaning) + "\n    - " + schema.example + "\n\n";
  if (!schema.value.values.empty())
    text += valueLine(schema);
  text += keyLines(schema.keys);
  return text + (text.ends_with("\n\n") ? "" : "\n");
}

/// The keys of a kind of grid; those that only grids on SO(3) have say so.
std::string gridText(const GridSchema &schema) {
  const std::vector<Key<KernelGrid>> onS2 = gridKeys(schema.kind, false);
  std::string text = "### " + schema.kind + "\n\n" + wrapped(schema.meaning) + "\n";
  for (const Key<KernelGrid> &key : gridKeys(schema.kind, true)) {
    const auto same = [&key](const Key<KernelGrid> &other) { return other.name == key.name; };
    if (key.name != "kind")
      text += keyLine(key, std::ranges::any_of(onS2, same) ? "" : ", on SO(3) only");
  }
  return text + "\n";
}

const char *const introduction = R"(# Models

This is what `spherical help model` prints: all that a model file may say, as
the program reads it. A model file is a map in YAML and ends in `.yaml` or
`.yml`. `layers` and `input` must be there; every other key has a default.
Angles are radians or multiples of pi: `0.39`, `pi/8`, `0.1238 pi`. What is not
as described here is an error with its line, its column and a guess.
`spherical help conventions` states grids, axes, angles and measures;
`spherical help data` what models are trained and tested on.

)";

const char *const layersText = R"(## Layers

Each entry of `layers` is `name`, `name: value` or `name: {key: value}`. Layers
on the sphere come first, those of images after `linear`; a model has layers of
images or of functions on S2 and SO(3), not both. The first layer takes the
input. A classifier ends in features, one for each class; a segmenter in a
function on S2 or an image with a channel for each class; regression in features
(`linear: 1` gives a value, `linear: 3` several) or, for a field, in a function
on S2 or an image with a channel for each value.

)";

const char *const gridsText = R"(## Kernel grids

`grid: near_identity`, or a map with the key `kind` and others of that kind.
Kernels have a weight for each channel of the input, channel of the result and
point of the grid.

)";

const char *const examples = R"(## Examples

A classifier of RGB images on the sphere:

```yaml
name: colours
task: classification
batch: 8
input: {channels: 3, bandlimit: 8}
layers:
  - s2_conv:
      channels: 6
      bandlimit: 6
      grid: {kind: near_identity, max_beta: pi/5}
  - batch_norm
  - gelu
  - residual:
      - so3_conv: {channels: 8, bandlimit: 4}
      - batch_norm
      - gelu
  - integrate
  - linear: 10
loss: cross_entropy
training: {optimizer: adamw, learning_rate: 2e-3, weight_decay: 0.05, warmup: 9}
```

A segmenter whose first class counts less and whose points of label 255 do not
count:

```yaml
name: segments
task: segmentation
batch: 4
input: {channels: 3, bandlimit: 8}
layers:
  - s2_conv: {channels: 4, bandlimit: 6}
  - batch_norm: {statistics: grid}
  - relu
  - residual:
      layers:
        - so3_conv: {channels: 6, bandlimit: 4, grid: equatorial}
        - gelu
      bias: true
  - so3_to_s2: {channels: 3, bandlimit: 8, high: zero}
loss: {weights: area, ignore: 255, class_weights: [0.2, 1, 1]}
training: {learning_rate: 5e-3, clip: 1}
```

Regression of two values from spheres; targets that are NaN do not count:

```yaml
name: values
task: regression
batch: 4
input: {channels: 2, bandlimit: 8}
layers:
  - s2_conv: {channels: 4, bandlimit: 4}
  - relu
  - integrate
  - linear: 2
loss: mean_absolute_error
```

A field from a field, compared by area, outliers by their size alone:

```yaml
name: field
task: regression
batch: 4
input: {channels: 2, bandlimit: 8}
layers:
  - s2_conv: {channels: 4, bandlimit: 6}
  - relu
  - so3_to_s2: {channels: 1, bandlimit: 8, high: zero}
loss: {kind: huber, weights: area, delta: 0.5}
```

A classifier of images, by gradient descent, whose first layer keeps its weights:

```yaml
name: planar
input: {channels: 1, size: 28}
layers:
  - conv2d: {channels: 8, kernel: 5, padding: zero}
  - batch_norm
  - relu
  - max_pool: {kernel: 2}
  - residual: [conv2d: {channels: 8, kernel: 3, padding: zero}, relu]
  - down: {channels: 16, kernel: 3, stride: 2}
  - leaky_relu: {slope: 0.1}
  - global_avg_pool
  - linear: 10
loss: {label_smoothing: 0.1}
training:
  optimizer: sgd
  learning_rate: 0.05
  momentum: 0.9
  nesterov: true
  weight_decay: 5e-4
  average: 0.999
  freeze: ["conv.0.*"]
  schedule: one_cycle
```
)";

} // namespace

std::string modelReference() {
  std::string text = introduction;
  text += "## The file\n\n" + keyLines(modelKeys());
  text += "\n## input\n\n" + keyLines(inputKeys());
  text += "\n## loss\n\n" + keyLines(lossKeys());
  text += "\n## training\n\n" + keyLines(trainingKeys()) + "\n";
  text += layersText;
  for (const LayerSchema &schema : layerSchemas())
    text += layerText(schema);
  text += gridsText;
  for (const GridSchema &schema : gridSchemas())
    text += gridText(schema);
  return text + examples;
}

} // namespace spherical::driver
