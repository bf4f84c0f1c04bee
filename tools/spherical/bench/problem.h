//===- problem.h - what `spherical bench` measures, in one word -----------===//
//
// A problem is a word kind:key=value,key=value of which all keys have defaults.
// Kinds are named by ops of the dialects; a model is the kind `model`. A problem
// becomes a program of the graph phase, which the driver compiles like any other.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_BENCH_PROBLEM_H
#define SPHERICAL_TOOLS_SPHERICAL_BENCH_PROBLEM_H

#include "tools/spherical/model/description.h"
#include "tools/spherical/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::driver {

/// What the keys of a problem say. Those that its kind has no use for keep their defaults.
struct ProblemSettings {
  /// s2 or so3, where the kind does not say it.
  std::string on = "so3";
  /// The band-limits, or degrees, of the input and of the result; `to` is 0 for that of the input.
  int64_t b = 16, to = 0;
  int64_t batch = 8, channels = 4, in = 4, out = 8;
  std::string high = "zero", form = "forward", projection = "sum_n";
  bool adjoint = false, relu = false, gradient = false;
  KernelGrid grid;
  /// Side of an image, of windows, and the step between them.
  int64_t size = 32, kernel = 3, stride = 1;
  std::string padding = "valid";
  /// What a convolution of images gives the gradient in: input or weight; empty: its result.
  std::string gradientIn;
  /// Of a model.
  std::string file, entry = "forward";
  /// normal or zeros: the values of all arguments.
  std::string fill = "normal";

  int64_t bandLimitOut() const { return to > 0 ? to : b; }
};

/// A function of few ops.
struct ProblemProgram {
  /// A module of the graph phase; the function `entry` is to be run.
  std::string text, entry = "f";
  /// Terms of the sums that make one value of the result, of all sums after one another.
  double terms = 1;
};

struct Problem {
  /// The problem as one word, its keys in the order of the kind's.
  std::string word;
  std::string kind;
  ProblemSettings settings;

  bool isModel() const { return kind == "model"; }
  /// The program; of a model there is none but the file.
  ProblemProgram program() const;
};

/// Reads a problem. Fails with one line that begins with `place`, such as "problems.txt:3", or, if
/// that is empty, as errors of the command line do, and with a guess at what was meant.
Result<Problem> parseProblem(const std::string &word, const std::string &place = "");

/// Reads a file with a problem a line; blank lines and what follows a # are passed by. Throws if
/// the file cannot be read.
Result<std::vector<Problem>> readProblems(const std::string &path);

/// Every kind with its keys, ranges and defaults, for people.
std::string problemReference();

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_BENCH_PROBLEM_H
