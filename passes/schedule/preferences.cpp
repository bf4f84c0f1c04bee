//===- preferences.cpp - choices that a person asks for ---------*- C++ -*-===//

#include "passes/schedule/preferences.h"

#include "llvm/ADT/StringExtras.h"

namespace mlir::spherical {

bool Preferences::Wish::allows(const Candidate &candidate) const {
  return (algorithm.empty() || algorithm == candidate.algorithm) &&
         (radices.empty() || radices == candidate.radices) &&
         (tile.empty() || tile == candidate.tile) && (rows < 0 || rows == candidate.rows) &&
         (lanes < 0 || lanes == candidate.lanes);
}

/// A number of at least 0.
static bool readNumber(StringRef text, int64_t &number) {
  return !text.getAsInteger(10, number) && number >= 0;
}

/// Numbers of at least `least` such as 4x5.
static bool readFactors(StringRef text, int64_t least, SmallVectorImpl<int64_t> &factors) {
  return llvm::all_of(llvm::split(text, 'x'), [&](StringRef factor) {
    return readNumber(factor, factors.emplace_back()) && factors.back() >= least;
  });
}

LogicalResult Preferences::addField(Wish &wish, StringRef field,
                                    function_ref<InFlightDiagnostic()> emitError) {
  auto [key, value] = field.split('=');
  if (key == "algorithm" && !value.empty()) {
    wish.algorithm = value.str();
    return success();
  }
  if (key == "rows" || key == "lanes") {
    if (readNumber(value, key == "rows" ? wish.rows : wish.lanes))
      return success();
    return emitError() << "expected a number of " << key << " in '" << wish.text << "', got '"
                       << value << "'";
  }
  if (key == "radices" && !readFactors(value, 2, wish.radices))
    return emitError() << "expected radices such as 4x5 in '" << wish.text << "', got '" << value
                       << "'";
  if (key == "tile" && (!readFactors(value, 1, wish.tile) || wish.tile.size() != 2))
    return emitError() << "expected a tile of rows x columns such as 6x4 in '" << wish.text
                       << "', got '" << value << "'";
  if (key != "radices" && key != "tile")
    return emitError() << "expected algorithm=, radices=, rows=, tile= or lanes= in '" << wish.text
                       << "', got '" << field << "'";
  return success();
}

LogicalResult Preferences::add(StringRef text, function_ref<InFlightDiagnostic()> emitError) {
  SmallVector<StringRef> parts;
  text.split(parts, ':');
  if (text == "fastest" || text == "slowest") {
    order = text == "fastest" ? Order::Fastest : Order::Slowest;
    return success();
  }
  if (parts.size() == 2 && parts[0] == "random") {
    int64_t seed = 0;
    if (!readNumber(parts[1], seed))
      return emitError() << "expected a seed such as random:7, got '" << text << "'";
    order = Order::Random;
    engine.seed(seed);
    return success();
  }
  if (parts.size() < 2 || parts[0].empty())
    return emitError() << "expected fastest, slowest, random:SEED or OP:KEY=VALUE as a choice, got '"
                       << text << "'";
  Wish wish;
  wish.text = text.str();
  wish.op = parts[0].str();
  for (StringRef field : ArrayRef(parts).drop_front())
    if (failed(addField(wish, field, emitError)))
      return failure();
  wishes.push_back(std::move(wish));
  return success();
}

FailureOr<Preferences> Preferences::parse(ArrayRef<std::string> wishes,
                                          function_ref<InFlightDiagnostic()> emitError) {
  Preferences preferences;
  for (const std::string &wish : wishes)
    if (failed(preferences.add(wish, emitError)))
      return failure();
  return preferences;
}

const Candidate &Preferences::choose(Operation *op, ArrayRef<Candidate> candidates,
                                     int64_t cores) {
  const auto isFor = [op](const Wish &wish) {
    return wish.op == "*" || wish.op == op->getName().stripDialect() ||
           wish.op == op->getName().getStringRef();
  };
  SmallVector<const Candidate *> allowed;
  for (const Candidate &candidate : candidates)
    if (!candidate.onRequest || llvm::any_of(wishes, [&](const Wish &wish) {
          return isFor(wish) && wish.algorithm == candidate.algorithm && wish.allows(candidate);
        }))
      allowed.push_back(&candidate);
  asked = order != Order::Fastest && candidates.size() > 1;
  for (Wish &wish : wishes) {
    if (!isFor(wish))
      continue;
    SmallVector<const Candidate *> fewer;
    for (const Candidate *candidate : allowed)
      if (wish.allows(*candidate))
        fewer.push_back(candidate);
    if (fewer.empty())
      continue;
    wish.met = asked = true;
    allowed = std::move(fewer);
  }
  auto faster = [&](const Candidate *a, const Candidate *b) {
    return a->secondsOn(cores) < b->secondsOn(cores);
  };
  if (order == Order::Random)
    return *allowed[engine() % allowed.size()];
  return order == Order::Slowest ? **llvm::max_element(allowed, faster)
                                 : **llvm::min_element(allowed, faster);
}

const std::string *Preferences::unmet() const {
  const auto *found = llvm::find_if(wishes, [](const Wish &wish) { return !wish.met; });
  return found == wishes.end() ? nullptr : &found->text;
}

} // namespace mlir::spherical
