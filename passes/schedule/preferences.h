//===- preferences.h - choices that a person asks for -----------*- C++ -*-===//
//
// Which candidates the schedule takes in place of the fastest:
//   so3_ft:radices=4x5         transforms of length 20 by these radices
//   boundary:rows=0            all rows of the function at a time
//   conv2d:tile=6x4            products in register tiles of 6 x 4 sums
//   *:lanes=8, linear:algorithm=dense
//   slowest, random:7          of every op
// Candidates on request are taken only by a wish for their algorithm.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_PASSES_SCHEDULE_PREFERENCES_H
#define SPHERICAL_PASSES_SCHEDULE_PREFERENCES_H

#include "dialects/interfaces/schedulable.h"

#include <random>
#include <string>

namespace mlir::spherical {

/// The wishes, in the order of their importance.
class Preferences {
public:
  /// Reads wishes, each as above; an error says what was expected of which.
  static FailureOr<Preferences> parse(ArrayRef<std::string> wishes,
                                      function_ref<InFlightDiagnostic()> emitError);

  /// The candidate of an op: the fastest on so many cores of those that a wish for the op allows,
  /// or of all if no wish is for it. Not all are on request.
  const Candidate &choose(Operation *op, ArrayRef<Candidate> candidates, int64_t cores);
  /// Whether the last candidate was taken because of a wish.
  bool wasAsked() const { return asked; }
  /// A wish that no op had a candidate for, or null.
  const std::string *unmet() const;

private:
  enum class Order { Fastest, Slowest, Random };
  /// What a wish asks of a candidate; empty and negative fields ask nothing.
  struct Wish {
    std::string text, op, algorithm;
    SmallVector<int64_t> radices, tile;
    int64_t rows = -1, lanes = -1;
    bool met = false;

    bool allows(const Candidate &candidate) const;
  };

  LogicalResult add(StringRef text, function_ref<InFlightDiagnostic()> emitError);
  LogicalResult addField(Wish &wish, StringRef field, function_ref<InFlightDiagnostic()> emitError);

  SmallVector<Wish> wishes;
  Order order = Order::Fastest;
  std::mt19937_64 engine;
  bool asked = false;
};

} // namespace mlir::spherical

#endif // SPHERICAL_PASSES_SCHEDULE_PREFERENCES_H
