//===- help.cpp - `spherical help` ----------------------------------------===//

#include "tools/spherical/bench/problem.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/digits.h"
#include "tools/spherical/model/reference.h"
#include "tools/spherical/model/wrap.h"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

/// A term and what it means.
struct Entry {
  std::string term, meaning;
};

/// The entries below each other, meanings beside the longest term.
std::string listed(const std::string &title, const std::vector<Entry> &entries) {
  size_t width = 0;
  for (const Entry &entry : entries)
    width = std::max(width, entry.term.size());
  std::string text = title + "\n\n";
  for (const auto &[term, meaning] : entries)
    text += wrapped(meaning, term + std::string(width - term.size() + 2, ' '), width + 2);
  return text;
}

const std::vector<Entry> conventions = {
    {"Band-limit",
     "b~is~an exclusive bound: a function of band-limit b has the degrees~l~=~0~...~b-1."},
    {"Grid", "beta_j = pi~(2j~+~1)~/~(4b), alpha_i = gamma_i = 2~pi~i~/~(2b), 0~<=~i,~j~<~2b (the "
             "SOFT grid: 2b samples an angle, none at a pole)."},
    {"Axes", "functions on S2 are [batch, channel, beta, alpha], on SO(3) [batch, channel, beta, "
             "alpha, gamma], C order. Complex arrays end in an axis of 2: re, im."},
    {"Angles",
     "ZYZ Euler angles in radians: R(alpha, beta, gamma) = Rz(alpha) Ry(beta) Rz(gamma). A point "
     "of the sphere is R applied to the north pole: beta is its colatitude, alpha its longitude."},
    {"Rotation", "(R f)(x) = f(R^-1 x): the content of the sphere moves by R, counter-clockwise "
                 "about each axis for positive angles."},
    {"Haar measure", "has total mass 1 on SO(3), and the measure of S2 has total mass 1."},
    {"Wigner D", "D^l_mn(alpha, beta, gamma) = e^{i~m~alpha}~d^l_mn(beta)~e^{i~n~gamma}, "
                 "|m|,~|n|~<=~l, with d^1_10(beta) = -sin(beta) / sqrt(2)."},
    {"Transform",
     "analysis X^l_mn = integral~f conj(D^l_mn); synthesis f~=~sum~(2l~+~1)~X^l_mn~D^l_mn."},
    {"Spectrum", "S2 index l^2~+~l~+~m; SO(3) index l(4l^2~-~1)/3~+~(l~+~m)(2l~+~1)~+~(l~+~n)."},
    {"Kernels",
     "[channel in, channel out, point]; the points are those of the layer's grid, beta outermost."},
    {"Layer scale",
     "s2_conv 2~b_out~/~sqrt(P~C_in~b_out^4~/~b_in^2), so3_conv 1~/~sqrt(P~C_in~b_out^3~/~b_in^3) "
     "for P kernel points: built into the layer, so that weights of the public PyTorch code fit."},
    {"Images", "[batch, channel, row, column]. Those of functions on S2 have a row for each "
               "colatitude from the north on and a column for each longitude: with 'padding: "
               "circular' columns close, rows do not."},
    {"Windows",
     "conv2d, down and pools of kernel K and stride s make of side H with padding valid "
     "floor((H~-~K)~/~s)~+~1, zero and circular ceil(H~/~s), the first window from "
     "-floor((K~-~1)~/~2) on. conv_transpose2d and up make (H~-~1)~s~+~K~+~output_padding with "
     "padding valid, else (H~-~1)~s~+~1~+~output_padding, below s. upsample takes the value at "
     "floor(p~H~/~size)."},
    {"Shortcuts",
     "residual adds its input to what its layers give: on SO(3) through weights; of images as it "
     "is or, to other channels or another side, through a convolution of kernel 1 that has a "
     "stride or is upsampled. concat puts the channels that its layers give behind its input's."},
    {"Pixels", "images hold 0 ... 255 in a byte and enter the network as value~/~255 in 0~...~1: "
               "data, and U8 given to 'run' for an argument of role input."},
    {"Labels",
     "a class 0, 1, ... for each image, an integer of any type, never scaled; in segmentation a "
     "grid [2b, 2b], 0 for the background and class + 1 where an item lies. -1 says that there is "
     "none, as NaN does in the targets of regression: losses are means over the others, gradients "
     "there are 0, and no metric counts it."},
    {"mIoU", "from one confusion matrix over the whole test set, every grid point with the same "
             "weight: the mean of intersection / union over the classes that labels have, the "
             "non-background mIoU without class 0."},
    {"Metrics",
     "of 'eval --result', over the whole test set, whatever the batches: by area, points weigh as "
     "sin~beta; the expected calibration error is the mean of |right~-~confidence| over 15 bins of "
     "the same width of the probability of the predicted class; R2 is "
     "1~-~sum~(value~-~target)^2~/~sum~(target~-~mean~target)^2 of each output, and their mean."},
    {"Equivariance",
     "error = median over rotations R of |net(R~x)~-~R~net(x)|~/~|net(x)~-~mean~net(x)| for a "
     "band-limited x rotated in its spectrum; R acts trivially on logits. 'spherical eval' gives "
     "another number, the change under rotation: the same ratio for test digits, which are drawn "
     "anew in each position and are not band-limited."}};

const std::vector<Entry> environment = {
    {"SPHERICAL_CACHE",
     "the folder of compiled objects, else .cache/spherical in the home folder; without either, "
     "and with /dev/null, nothing is kept. Objects are checked when they are "
     "read: one that is damaged, or of another compiler, is made again."},
    {"SPHERICAL_CACHE_SIZE", "the most bytes that they take, such as 512M or 16G, else 2G; those "
                             "not used for longest go first. 0 keeps nothing."},
    {"SPHERICAL_CPU_LIMIT",
     "x86-64, x86-64-v2, x86-64-v3 or x86-64-v4: the machine counts as having no more instructions "
     "than that, for the compiler's choice and when code is loaded. Programs that load compiled "
     "libraries obey it too. It never adds any."},
    {"SPHERICAL_CUDA_PATH",
     "the folder in which the driver of an NVIDIA GPU, libcuda.so.1, is looked for, and cuFFT and "
     "cuBLAS, there or in its lib64 and lib; else the system's folders."}};

/// Data in files, for 'help data'.
static const char *const fileText = R"(
Your own data: --data PATH of 'train' and 'eval', --input PATH of 'predict'.
What lies there tells the kind (--data-kind says it otherwise):
  arrays              a file .npy, .npz, .safetensors, .h5 (HDF5), .nc (NetCDF),
                      or a folder with x.npy:
    x                 [N, C, H, W], [N, H, W]; on HEALPix [N, C, P], [N, P].
                      8-bit integers are value / 255, others are numbers
    labels            [N], or [N, H, W] for points: 0, 1, ..., and -1 for none
    target            [N], [N, K] or a field [N, C, H, W], in place of labels
    mask              optional, where x is missing: 0, as in maps of the sky
    groups, times     optional, [N], for --split
    classes, grid     optional: names of classes, and the grid, as attributes,
                      metadata or arrays of strings
    NAME.npy has NAME.labels.npy and so on beside it, NAME.classes.txt and
    NAME.grid.txt; x.npy has labels.npy, classes.txt and grid.txt.
  class-folders       CLASS/NAME.png or .jpg, or CLASS/GROUP/NAME.png
  labelled-pictures   images/NAME.png or .jpg and labels/NAME.png: indices, grey
                      values, or colours that palette.txt names ("R G B name" a
                      line; "ignore" is no class)
  pictures            a picture or a folder of them, for 'predict'
Folders (or files of arrays) train, validation and test are parts; else --split
draws them: by sample, by group, or by time, the latest for the test. Weights
record it: 'eval' without --data tests on the part that training did not see.
NaN, HEALPix's UNSEEN (-1.6375e30), fill values of NetCDF, 0 in a mask and
transparent pixels are missing; --fill says what enters for them. Channels are
normalised (--normalize) by what weights record, wherever they are used.
Files that are damaged or do not fit the model are named before training begins;
--skip-bad N leaves out up to N samples. Pictures are decoded, and samples
brought to the model's grid, once: they are kept in memory (--cache-memory) and,
with --cache FOLDER, for other runs; results are the same. Values lie on the
grid that the files or --data-grid name, else by shape: 2b x 2b soft, H x 2H
equirectangular.
)";

std::string dataText() {
  return std::string(R"(Data of Spherical

'train' and 'eval' make samples of digits, or of any set of images with a class
in the files of MNIST (IDX): one channel, 0 ... 255, of any size. --data names
the folder, with
  train-images-idx3-ubyte, train-labels-idx1-ubyte   for training
  t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte     for tests
each as it is or with .gz. Without --data it is the 24,000 + 10,000 digits of
examples/digits. 'data' draws samples, writes them to files, or counts them.

)") + sampleText +
         fileText + R"(
Single batches of any tensors go to 'run', as they enter the network, in
safetensors files, by name:
  spherical run model.yaml --entry=train_step --steps 5 --input in.safetensors \
    --output out.safetensors
'run --help' says which tensors there are; programs that load a compiled library
('spherical compile') give them in memory.
)";
}

std::vector<Entry> targets() {
  return {
      {"cpu",
       "machine code for x86-64 with AVX2 or AVX-512, the default. --cpu is the level of its "
       "instructions: x86-64-v3 (AVX2), x86-64-v4 (AVX-512) or native (all that this machine "
       "has); without it the best level of this machine. A level may be above the machine's to "
       "compile, not to run. --threads says how many cores work; results do not depend on it."},
      {"cuda",
       "kernels for NVIDIA GPUs. --gpu is the one to make code for, " +
           std::string(mlir::spherical::kDefaultChip) +
           " unless given: " + joined(mlir::spherical::chipNames()) +
           ". --device is the number of the one that runs it. Running needs the GPU's "
           "driver, and cuFFT or cuBLAS where stages are calls of them (--fft, --gemm); compiling "
           "does not."},
      {"cuda-emulated",
       "the kernels of target cuda on the CPU: the same code, slow, to test without a GPU. "
       "cuda-emulated:strict also checks each access to memory, for bounds, values that nothing "
       "wrote, and races between threads and blocks."},
      {"reference",
       "the definitions in fp64, by which the others are tested; slow, and no libraries."}};
}

struct Topic {
  std::string name, summary;
  std::string (*text)();
};

const std::vector<Topic> &topics() {
  static const std::vector<Topic> all = {
      {"model", "every layer, key, range and default of a model file", modelReference},
      {"conventions", "band-limits, axes, angles, rotations, measures, pixels, scores",
       [] { return listed("Conventions of Spherical", conventions); }},
      {"data", "what models are trained and tested on, and how to give your own", dataText},
      {"targets", "what code is made for: --target, --cpu, --gpu",
       [] { return listed("Targets of Spherical, the values of --target", targets()); }},
      {"environment", "the environment variables",
       [] { return listed("Environment variables of Spherical", environment); }},
      {"bench", "problems of 'spherical bench': kinds, keys, ranges and defaults",
       problemReference}};
  return all;
}

std::string topicList() {
  std::string text = "Topics of 'spherical help TOPIC':\n";
  for (const Topic &topic : topics())
    text += "  " + topic.name + std::string(13 - topic.name.size(), ' ') + topic.summary + "\n";
  return text + "'spherical --help' lists the commands, 'spherical COMMAND --help' explains one.\n";
}

Status help(const std::string &name) {
  const auto topic = std::ranges::find(topics(), name, &Topic::name);
  std::fputs((topic == topics().end() ? topicList() : topic->text()).c_str(), stdout);
  return Done{};
}

} // namespace

void addHelpCommand(Commands &commands) {
  auto name = std::make_shared<std::string>();
  std::vector<std::string> names;
  for (const Topic &topic : topics())
    names.push_back(topic.name);
  CLI::App &command = commands.add("help", "explain a topic: " + joined(names),
                                   topicList() + "\nExample:\n  spherical help model\n",
                                   [name] { return help(*name); });
  command.add_option("TOPIC", *name, joined(names))
      ->default_str("the list of topics")
      ->transform(oneOf(names));
}

} // namespace spherical::driver
