//===- run.cpp - problems from their words to a report --------------------===//

#include "tools/spherical/bench/run.h"

#include "tools/spherical/bench/check.h"
#include "tools/spherical/bench/report.h"
#include "tools/spherical/bench/speed.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/output.h"

#include "runtime/execute/task_pool.h"
#include "runtime/processor/processor.h"
#include "runtime/train/measure_machine.h"
#include "runtime/train/text.h"

#include "llvm/ADT/StringExtras.h"

#include <algorithm>
#include <cstdio>

namespace spherical::driver {
namespace {

using runtime::fixedText;

/// How much slower than the reference a problem may be.
constexpr double defaultSlowdown = 0.05;

Result<std::vector<Problem>> readAll(const BenchOptions &options) {
  std::vector<Problem> problems;
  for (const std::string &word : options.words) {
    Result<Problem> problem = parseProblem(word);
    if (!problem)
      return problem.error();
    problems.push_back(std::move(*problem));
  }
  if (options.problems.empty())
    return problems;
  Result<std::vector<Problem>> more = readProblems(options.problems);
  if (!more)
    return more.error();
  problems.insert(problems.end(), more->begin(), more->end());
  return problems;
}

/// A word as shells take it.
std::string quoted(const std::string &word) {
  const auto plain = [](unsigned char c) {
    return std::isalnum(c) || std::string_view("_-+=:,./@%").find(c) != std::string_view::npos;
  };
  if (std::ranges::all_of(word, plain))
    return word;
  std::string text = "'";
  for (const char c : word)
    text += c == '\'' ? "'\\''" : std::string(1, c);
  return text + "'";
}

/// The command line that does the same with one problem.
std::string repeatCommand(const BenchOptions &options, const Problem &problem) {
  const SessionOptions &session = options.session;
  std::string text = "spherical bench --mode " + options.mode + " --seed " +
                     std::to_string(options.seed) + " --threads " + std::to_string(session.threads);
  const auto add = [&text](const std::string &option, const std::string &value) {
    if (!value.empty())
      text += " " + option + " " + quoted(value);
  };
  const bool onGpu = session.target.starts_with("cuda");
  add("--target", onGpu ? session.target : "");
  add("--gpu", onGpu ? session.gpu : "");
  add("--device", session.target == "cuda" ? std::to_string(session.device) : "");
  add("--cpu", onGpu ? "" : session.cpu);
  add("--machine", session.machine);
  add("--choose", llvm::join(session.choose, ","));
  add("--exact", session.exact > 0 ? runtime::exactText(session.exact) : "");
  add("--without", llvm::join(session.without, ","));
  add("--memory-limit", session.memoryLimit > 0 ? std::to_string(session.memoryLimit) : "");
  add("--rounds", options.mode == "speed" ? std::to_string(options.rounds) : "");
  add("--reference", options.reference);
  add("--tolerance", options.tolerance ? runtime::exactText(*options.tolerance) : "");
  return text + " " + quoted(problem.word);
}

void printRepeat(const BenchOptions &options, const Problem &problem) {
  std::fprintf(stderr, "spherical: note: repeat: %s\n", repeatCommand(options, problem).c_str());
}

/// Calls `action` for a problem; what it throws is why the problem fails, and the others go on.
void attempt(Outcome &outcome, const std::function<void()> &action) {
  try {
    action();
  } catch (const std::bad_alloc &) {
    fail(outcome, Verdict::Failed, "expected memory for its arguments and results, got none");
  } catch (const std::exception &error) {
    fail(outcome, Verdict::Failed, error.what());
  }
}

/// The problem of an outcome, compiled; if that is not possible, null, and the outcome says why.
std::unique_ptr<Subject> compile(const BenchOptions &options, Outcome &outcome) {
  Result<std::unique_ptr<Subject>> subject =
      Subject::create(outcome.problem, options.session, options.seed);
  if (subject)
    return std::move(*subject);
  fail(outcome, Verdict::Failed, subject.error().message);
  return nullptr;
}

/// All at once: their rounds alternate.
void measureAll(const BenchOptions &options, std::vector<Outcome> &outcomes) {
  std::vector<SpeedMeasurement> measurements;
  for (Outcome &outcome : outcomes)
    attempt(outcome, [&] {
      if (std::unique_ptr<Subject> subject = compile(options, outcome))
        measurements.emplace_back(std::move(subject), outcome);
    });
  for (int64_t round = 0; round < options.rounds; ++round)
    for (SpeedMeasurement &measurement : measurements)
      attempt(measurement.outcome(), [&] { measurement.runRound(); });
  for (SpeedMeasurement &measurement : measurements)
    measurement.finish();
}

/// Checks one problem after the other: only one is in memory.
void checkAll(const BenchOptions &options, std::vector<Outcome> &outcomes) {
  for (Outcome &outcome : outcomes)
    attempt(outcome, [&] {
      const std::unique_ptr<Subject> subject = compile(options, outcome);
      if (subject && options.mode == "correct")
        checkCorrect(*subject, options.tolerance, outcome);
      else if (subject)
        checkBitwise(*subject, std::max<int64_t>(2, options.session.threads), outcome);
    });
}

/// Says why problems failed, and how to see it again. Their number.
size_t printFailures(const BenchOptions &options, const BenchReport &report) {
  size_t failures = 0;
  for (const Outcome &outcome : report.outcomes) {
    if (outcome.verdict == Verdict::Passed)
      continue;
    ++failures;
    const bool located = outcome.reason.find(": error: ") != std::string::npos;
    const char *what = outcome.verdict == Verdict::Mistrusted ? "mistrusted" : "failed";
    std::fprintf(stderr, "spherical: error: %s %s%s%s\n", outcome.problem.word.c_str(), what,
                 located ? "\n" : ": ", outcome.reason.c_str());
    printRepeat(options, outcome.problem);
  }
  return failures;
}

/// Says which problems are slower than in the reference. Their number.
size_t printSlower(const BenchOptions &options, const BenchReport &report,
                   const Baseline &baseline) {
  const double slowdown = options.tolerance.value_or(defaultSlowdown);
  size_t slower = 0;
  for (const Outcome &outcome : report.outcomes) {
    const auto before = baseline.seconds.find(outcome.problem.word);
    if (before == baseline.seconds.end())
      std::fprintf(stderr, "%s: note: has no time of %s\n", options.reference.c_str(),
                   outcome.problem.word.c_str());
    if (before == baseline.seconds.end() || !outcome.speed)
      continue;
    const double ratio = outcome.speed->seconds / before->second;
    if (ratio <= 1 + slowdown)
      continue;
    ++slower;
    std::fprintf(stderr,
                 "spherical: error: %s slower: expected %s ms and at most %s %% more, got "
                 "%s ms, %s times as much\n",
                 outcome.problem.word.c_str(), fixedText(1e3 * before->second, 4).c_str(),
                 fixedText(100 * slowdown, 1).c_str(),
                 fixedText(1e3 * outcome.speed->seconds, 4).c_str(), fixedText(ratio, 2).c_str());
    printRepeat(options, outcome.problem);
  }
  return slower;
}

void noteOtherMachine(const BenchOptions &options, const Baseline &baseline) {
  if (baseline.threads != options.session.threads || baseline.cpu != options.session.cpu)
    std::fprintf(stderr, "%s: note: measured for %s on %lld threads, here for %s on %lld\n",
                 options.reference.c_str(), baseline.cpu.c_str(),
                 static_cast<long long>(baseline.threads), options.session.cpu.c_str(),
                 static_cast<long long>(options.session.threads));
}

/// Fills in what the defaults stand for, so that it can be repeated elsewhere.
void resolve(SessionOptions &session) {
  if (session.threads == 0)
    session.threads = runtime::usableCores();
  const runtime::CpuLevel level = runtime::thisProcessor().level;
  if (session.cpu.empty() && level >= runtime::CpuLevel::V3)
    session.cpu = runtime::levelName(level);
}

Status writeFiles(const BenchOptions &options, const BenchReport &report) {
  if (!options.json.empty())
    if (Status status = writeOutput(options.json, reportJson(report)); !status)
      return status;
  if (options.picture.empty())
    return Done{};
  drawRoofline(report).write(options.picture);
  std::printf("picture: %s\n", options.picture.c_str());
  return Done{};
}

/// What the failures come to.
Status judge(const BenchOptions &options, const BenchReport &report,
             const std::optional<Baseline> &baseline) {
  const std::string all = std::to_string(report.outcomes.size());
  const size_t failures = printFailures(options, report);
  const auto isKnown = [&](const Outcome &outcome) {
    return baseline->seconds.contains(outcome.problem.word);
  };
  if (baseline && std::ranges::none_of(report.outcomes, isKnown))
    return commandError("expected times of these problems in " + options.reference + ", got none");
  const size_t slower = baseline ? printSlower(options, report, *baseline) : 0;
  if (failures > 0)
    return commandError("expected that all problems pass, got " + std::to_string(failures) +
                        " of " + all + " that do not");
  if (slower > 0)
    return commandError("expected all problems as fast as in " + options.reference + ", got " +
                        std::to_string(slower) + " of " + all + " slower");
  return Done{};
}

} // namespace

Status runProblems(BenchOptions options, std::optional<runtime::MachineProfile> machine) {
  Result<std::vector<Problem>> problems = readAll(options);
  if (!problems)
    return problems.error();
  expectWritable({options.json, options.picture});
  if (!options.picture.empty())
    runtime::expectDrawable();
  std::optional<Baseline> baseline;
  resolve(options.session);
  if (!options.reference.empty()) {
    Result<Baseline> read = readBaseline(options.reference);
    if (!read)
      return read.error();
    baseline = std::move(*read);
    noteOtherMachine(options, *baseline);
  }
  BenchReport report{options.mode,
                     options.session.target,
                     options.session.cpu,
                     options.seed,
                     options.session.threads,
                     {},
                     {}};
  for (Problem &problem : *problems)
    report.outcomes.push_back({std::move(problem), Verdict::Passed, "", {}, {}});
  if (options.mode == "speed") {
    report.roofline = {machine ? *machine : runtime::measureMachine(), options.session.threads};
    measureAll(options, report.outcomes);
  } else {
    checkAll(options, report.outcomes);
  }
  constexpr size_t usualWidth = 80;
  const size_t width = lineWidth();
  std::printf("%s", reportTable(report, width > 0 ? width : usualWidth).c_str());
  if (Status status = writeFiles(options, report); !status)
    return status;
  std::fflush(stdout);
  return judge(options, report, baseline);
}

} // namespace spherical::driver
