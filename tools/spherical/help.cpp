//===- help.cpp - `spherical help` ----------------------------------------===//

#include "tools/spherical/commands.h"

#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

const char *const conventions = R"(Conventions of Spherical

Band-limit    b is an exclusive bound: a function of band-limit b has the degrees l = 0 ... b-1.
Grid          beta_j = pi (2j + 1) / (4b), alpha_i = gamma_i = 2 pi i / (2b), 0 <= i, j < 2b
              (the SOFT grid: 2b samples an angle, no sample at a pole).
Axes          functions on S2 are [batch, channel, beta, alpha], on SO(3) [batch, channel, beta, alpha,
              gamma], C order. Complex arrays end in an axis of 2: re, im.
Angles        ZYZ Euler angles in radians: R(alpha, beta, gamma) = Rz(alpha) Ry(beta) Rz(gamma). A point of
              the sphere is R applied to the north pole: beta is its colatitude, alpha its longitude.
Rotation      (R f)(x) = f(R^-1 x): the content of the sphere moves by R, counter-clockwise about each
              axis for positive angles.
Haar measure  has total mass 1 on SO(3), and the measure of S2 has total mass 1.
Wigner D      D^l_mn(alpha, beta, gamma) = e^{i m alpha} d^l_mn(beta) e^{i n gamma}, |m|, |n| <= l,
              with d^1_10(beta) = -sin(beta) / sqrt(2).
Transform     analysis  X^l_mn = integral f conj(D^l_mn);  synthesis  f = sum (2l + 1) X^l_mn D^l_mn.
Spectrum      S2 index l^2 + l + m; SO(3) index l(4l^2 - 1)/3 + (l + m)(2l + 1) + (l + n).
Kernels       [channel in, channel out, point]; the points are those of the layer's grid, beta outermost.
Layer scale   s2_conv 2 b_out / sqrt(P C_in b_out^4 / b_in^2), so3_conv 1 / sqrt(P C_in b_out^3 / b_in^3)
              for P kernel points: built into the layer, so that weights of the public PyTorch code fit.
Images        [batch, channel, row, column]. Those of functions on S2 have a row for each colatitude from the
              north on and a column for each longitude: with 'padding: circular' columns close, rows do not.
Windows       conv2d, down and pools of kernel K and stride s make of side H with padding valid
              floor((H - K) / s) + 1, zero and circular ceil(H / s), the first window from -floor((K - 1) / 2)
              on. conv_transpose2d and up make (H - 1) s + K + output_padding with padding valid, else
              (H - 1) s + 1 + output_padding, below s. upsample takes the value at floor(p H / size).
Shortcuts     residual adds its input to what its layers give: on SO(3) through weights; of images as it is
              or, to other channels or another side, through a convolution of kernel 1 that has a stride or
              is upsampled. concat puts the channels that its layers give behind those of its input.
Pixels        images hold 0 ... 255 in a byte and enter the network as value / 255 in 0 ... 1: data, and U8
              given to 'run' for an argument of role input.
Labels        a class 0, 1, ... for each image, an integer of any type, never scaled; in segmentation a grid
              [2b, 2b], 0 for the background and class + 1 where an item lies.
mIoU          from one confusion matrix over the whole test set, every grid point with the same weight:
              the mean of intersection / union over the classes that labels have, the non-background mIoU
              without class 0.
Equivariance  error = median over rotations R of |net(R x) - R net(x)| / |net(x) - mean net(x)| for a
              band-limited x rotated in its spectrum; R acts trivially on logits. 'spherical eval'
              gives another number, the change under rotation: the same ratio for test digits, which
              are drawn anew in each position and are not band-limited.
)";

const char *const environment = R"(Environment variables of Spherical

SPHERICAL_CACHE       the folder of compiled objects, else ~/.cache/spherical; without either, and with
                      /dev/null, nothing is kept. Objects are checked when they are read: one that is
                      damaged, or of another compiler, is made again.
SPHERICAL_CACHE_SIZE  the most bytes that they take, such as 512M or 16G, else 2G; those not used for
                      longest go first. 0 keeps nothing.
SPHERICAL_CPU_LIMIT   x86-64, x86-64-v2, x86-64-v3 or x86-64-v4: the machine counts as having no more
                      instructions than that, for the compiler's choice and when code is loaded. Programs
                      that load compiled libraries obey it too. It never adds any.
)";

Status help(const std::string &topic) {
  std::fputs(topic == "environment" ? environment : conventions, stdout);
  return Done{};
}

} // namespace

void addHelpCommand(Commands &commands) {
  auto topic = std::make_shared<std::string>("conventions");
  CLI::App &command = commands.add("help", "explain a topic: conventions, environment",
                                   "Example:\n  spherical help conventions\n",
                                   [topic] { return help(*topic); });
  command
      .add_option(
          "TOPIC", *topic,
          "conventions: axes, angles, rotations, measure, D, pixels; environment: variables")
      ->capture_default_str()
      ->transform(oneOf({"conventions", "environment"}));
}

} // namespace spherical::driver
