//===- plan_mutations.h - edits of a plan -----------------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_PLANS_PLAN_MUTATIONS_H
#define SPHERICAL_TEST_PLANS_PLAN_MUTATIONS_H

#include <cstdint>
#include <string>

namespace spherical::test {

/// A plan after an edit, and what was edited.
struct Mutant {
  std::string text, edit;
};

/// Edits a plan in one or two places as `seed` says: its IR (offsets, extents, constants, affine
/// maps, attributes, operands, tables; ops swapped, doubled, removed, put in) or its text (numbers,
/// names, lines). The same seed gives the same mutant.
Mutant mutate(const std::string &plan, uint64_t seed);

} // namespace spherical::test

#endif // SPHERICAL_TEST_PLANS_PLAN_MUTATIONS_H
