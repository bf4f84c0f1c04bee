//===- plan_fuzzer.cpp - edited plans on both targets -----------*- C++ -*-===//
//
// Edits plans of small models at random and judges what becomes of them (see
// plan_oracle.h). Mutants run in child processes, a few dozen each, with bounds
// on memory and on the time of one mutant. Prints the counts and each mutant that
// went wrong; exit code 1 if any did.
//   plan_fuzzer --mutants 300 --seed 1       the mutants 0 ... 299
//   plan_fuzzer --seed 1 --only 17           prints mutant 17 and judges it here
//
//===----------------------------------------------------------------------===//

#include "test/plans/plan_mutations.h"
#include "test/plans/plan_oracle.h"
#include "test/plans/plan_seeds.h"

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

namespace spherical::test {
namespace {

constexpr int64_t mutantsOfChild = 40;
constexpr time_t secondsOfMutant = 30;
[[maybe_unused]] constexpr rlim_t bytesOfChild = rlim_t(8) << 30;

struct Options {
  int64_t mutants = 300, first = 0, only = -1, lanes = 4;
  uint64_t seed = 1;
  bool reasons = false;
};

/// What a child says of a mutant, in the pipe.
struct Report {
  int64_t index;
  Verdict verdict;
  char what[400];
};

uint64_t seedOf(const Options &options, int64_t index) {
  return (options.seed << 32) + static_cast<uint64_t>(index);
}

/// A plan for a mutant: short ones, which take less time, more often than long ones.
const PlanSeed &planOf(const std::vector<PlanSeed> &seeds, uint64_t seed) {
  std::vector<double> weights;
  for (const PlanSeed &plan : seeds)
    weights.push_back(1 / std::sqrt(static_cast<double>(plan.text.size())));
  std::mt19937_64 bits(seed);
  return seeds[std::discrete_distribution<size_t>(weights.begin(), weights.end())(bits)];
}

Mutant mutantOf(const std::vector<PlanSeed> &seeds, const Options &options, int64_t index) {
  const PlanSeed &plan = planOf(seeds, seedOf(options, index));
  Mutant mutant = mutate(plan.text, seedOf(options, index));
  mutant.edit = plan.name + ": " + mutant.edit;
  return mutant;
}

/// Judges mutants until `end`; the process dies with the first fault.
[[noreturn]] void runChild(const std::vector<PlanSeed> &seeds, const Options &options,
                           int64_t begin, int64_t end, int out) {
#if !__has_feature(address_sanitizer) // whose shadow alone takes terabytes of addresses
  const rlimit memory{bytesOfChild, bytesOfChild};
  setrlimit(RLIMIT_AS, &memory);
#endif
  const rlimit noCore{0, 0};
  setrlimit(RLIMIT_CORE, &noCore);
  for (int64_t index = begin; index < end; ++index) {
    // Of processor time, as machines are busy.
    const itimerval bound{{0, 0}, {secondsOfMutant, 0}};
    setitimer(ITIMER_PROF, &bound, nullptr);
    const Mutant mutant = mutantOf(seeds, options, index);
    Report report{index, Verdict::Wrong, ""};
    std::string what;
    try {
      const Judgement judgement = judge(mutant.text, seedOf(options, index));
      report.verdict = judgement.verdict;
      what = judgement.what;
    } catch (const std::exception &error) {
      what = error.what();
    }
    std::snprintf(report.what, sizeof(report.what), "%s", what.c_str());
    if (write(out, &report, sizeof(report)) != sizeof(report))
      _exit(2);
  }
  _exit(0);
}

/// The counts, and what went wrong.
struct Tally {
  std::map<Verdict, int64_t> counts;
  std::map<std::string, int64_t> reasons; ///< of refusals, without numbers
  int64_t faults = 0;

  void add(const Report &report, const std::string &edit);
};

/// The message without what differs from mutant to mutant.
std::string kindOf(const std::string &message) {
  std::string kind;
  bool quoted = false;
  for (char letter : message) {
    if (letter == '\'' || letter == '"')
      quoted = !quoted;
    if (!std::isdigit(static_cast<unsigned char>(letter)) && !quoted)
      kind += letter;
  }
  return kind.substr(0, 90);
}

void Tally::add(const Report &report, const std::string &edit) {
  ++counts[report.verdict];
  if (report.verdict == Verdict::Refused)
    ++reasons[kindOf(report.what)];
  if (report.verdict == Verdict::Wrong)
    std::printf("mutant %ld (%s): %s\n", static_cast<long>(report.index), edit.c_str(),
                report.what);
}

/// Runs mutants from `begin` on in a child; returns the first that it has not judged.
int64_t runBatch(const std::vector<PlanSeed> &seeds, const Options &options, int64_t begin,
                 int64_t end, Tally &tally) {
  int ends[2];
  if (pipe(ends) != 0)
    std::abort();
  std::fflush(stdout);
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    runChild(seeds, options, begin, end, ends[1]);
  }
  close(ends[1]);
  int64_t next = begin;
  Report report;
  while (read(ends[0], &report, sizeof(report)) == sizeof(report)) {
    const bool wrong = report.verdict == Verdict::Wrong;
    tally.add(report, wrong ? mutantOf(seeds, options, report.index).edit : "");
    next = report.index + 1;
  }
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
    return next;
  ++tally.faults;
  const int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  std::printf("mutant %ld: %s\n", static_cast<long>(next),
              signal == SIGPROF ? "hangs"
              : signal != 0     ? strsignal(signal)
                                : "ends the process");
  return next + 1;
}

int fuzz(const Options &options) {
  const std::vector<PlanSeed> seeds = planSeeds(options.lanes);
  if (options.only >= 0) {
    const Mutant mutant = mutantOf(seeds, options, options.only);
    std::printf("// %s\n%s", mutant.edit.c_str(), mutant.text.c_str());
    std::fflush(stdout);
    const Judgement judgement = judge(mutant.text, seedOf(options, options.only));
    const char *names[] = {"refused", "equal", "wrong"};
    std::printf("// %s: %s\n", names[static_cast<int>(judgement.verdict)], judgement.what.c_str());
    return judgement.verdict == Verdict::Wrong;
  }
  Tally tally;
  const int64_t end = options.first + options.mutants;
  for (int64_t begin = options.first; begin < end;)
    begin = runBatch(seeds, options, begin, std::min(begin + mutantsOfChild, end), tally);
  for (const auto &[reason, count] : tally.reasons)
    if (options.reasons)
      std::printf("%6ld  %s\n", static_cast<long>(count), reason.c_str());
  std::printf("%ld mutants of %zu plans: %ld refused, %ld equal, %ld wrong, %ld faults\n",
              static_cast<long>(options.mutants), seeds.size(),
              static_cast<long>(tally.counts[Verdict::Refused]),
              static_cast<long>(tally.counts[Verdict::Equal]),
              static_cast<long>(tally.counts[Verdict::Wrong]), static_cast<long>(tally.faults));
  return tally.counts[Verdict::Wrong] + tally.faults == 0 ? 0 : 1;
}

} // namespace
} // namespace spherical::test

int main(int argc, char **argv) {
  using namespace spherical::test;
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--reasons") {
      options.reasons = true;
      continue;
    }
    const int64_t value = i + 1 < argc ? std::atoll(argv[++i]) : 0;
    if (name == "--mutants")
      options.mutants = value;
    else if (name == "--first")
      options.first = value;
    else if (name == "--seed")
      options.seed = static_cast<uint64_t>(value);
    else if (name == "--only")
      options.only = value;
    else if (name == "--lanes")
      options.lanes = value;
    else {
      std::fprintf(stderr,
                   "expected --mutants, --first, --seed, --only, --lanes or --reasons, got %s\n",
                   name.c_str());
      return 2;
    }
  }
  try {
    return fuzz(options);
  } catch (const std::exception &error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
