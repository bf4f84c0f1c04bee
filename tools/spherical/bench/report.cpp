//===- report.cpp - outcomes of problems as tables and files --------------===//

#include "tools/spherical/bench/report.h"

#include "tools/spherical/commands.h"
#include "tools/spherical/text_table.h"

#include "runtime/data/files.h"
#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace spherical::driver {
namespace {

using runtime::fixedText;
using runtime::scientificText;
using Json = nlohmann::ordered_json;

const char *verdictText(Verdict verdict) {
  switch (verdict) {
  case Verdict::Passed:
    return "passed";
  case Verdict::Failed:
    return "failed";
  case Verdict::Mistrusted:
    return "mistrusted";
  }
  return "";
}

TextTable::Row speedRow(const Outcome &outcome, const Roofline &roofline) {
  const Speed &speed = *outcome.speed;
  const double rate = 1e-9 * speed.flop / speed.seconds;
  return {fixedText(1e3 * speed.seconds, 4),
          fixedText(rate, 1),
          fixedText(100 * rate / roofline.gigaflop(), 1),
          fixedText(100 * roofline.leastSeconds(speed) / speed.seconds, 1),
          roofline.boundByMemory(speed) ? "memory" : "arithmetic",
          outcome.problem.word};
}

TextTable::Row checkRow(const Outcome &outcome) {
  if (!outcome.accuracy)
    return {verdictText(outcome.verdict), "", "", outcome.problem.word};
  return {verdictText(outcome.verdict), scientificText(outcome.accuracy->error),
          scientificText(outcome.accuracy->tolerance), outcome.problem.word};
}

/// The numbers of a JSON that has no others than finite ones.
Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json speedJson(const Speed &speed, const Roofline &roofline) {
  const double rate = speed.flop / speed.seconds;
  return {{"seconds", speed.seconds},
          {"fastest_seconds", speed.fastest},
          {"flop", speed.flop},
          {"bytes", speed.bytes},
          {"gigaflop_per_second", 1e-9 * rate},
          {"share_of_peak", 1e-9 * rate / roofline.gigaflop()},
          {"roofline_seconds", roofline.leastSeconds(speed)},
          {"share_of_roofline", roofline.leastSeconds(speed) / speed.seconds},
          {"bound", roofline.boundByMemory(speed) ? "memory" : "arithmetic"}};
}

Json outcomeJson(const Outcome &outcome, const std::optional<Roofline> &roofline) {
  Json json = {{"problem", outcome.problem.word}, {"verdict", verdictText(outcome.verdict)}};
  if (!outcome.reason.empty())
    json["reason"] = outcome.reason;
  if (outcome.accuracy) {
    json["result"] = outcome.accuracy->name;
    json["error"] = number(outcome.accuracy->error);
    json["tolerance"] = outcome.accuracy->tolerance;
  }
  if (outcome.speed)
    json.update(speedJson(*outcome.speed, *roofline));
  return json;
}

[[noreturn]] void refuse(const std::string &what) {
  throw std::runtime_error("expected a file of 'spherical bench --json' in mode speed, got " +
                           what);
}

Baseline baselineOf(const Json &json) {
  if (!json.is_object() || json.value("mode", "") != "speed" || !json.contains("problems") ||
      !json["problems"].is_array())
    refuse("something else");
  Baseline baseline{json.value("cpu", ""), json.value("threads", int64_t(1)), {}};
  for (const Json &problem : json["problems"]) {
    if (!problem.is_object() || !problem.contains("seconds"))
      continue; // one that failed
    const double seconds = problem["seconds"].get<double>();
    if (!(seconds > 0) || !std::isfinite(seconds))
      refuse("'seconds' of " + problem["seconds"].dump());
    baseline.seconds[problem.at("problem").get<std::string>()] = seconds;
  }
  return baseline;
}

} // namespace

std::string reportTable(const BenchReport &report, size_t width) {
  if (!report.roofline) {
    const bool correct = report.mode == "correct";
    TextTable table({"result", correct ? "error" : "", correct ? "tolerance" : "", "problem"}, 1);
    for (const Outcome &outcome : report.outcomes)
      table.add(checkRow(outcome));
    return table.text(width);
  }
  TextTable table({"ms", "GFLOP/s", "% peak", "% roofline", "bound", "problem"}, 0);
  for (const Outcome &outcome : report.outcomes)
    table.add(outcome.speed ? speedRow(outcome, *report.roofline)
                            : TextTable::Row{verdictText(outcome.verdict), "", "", "", "",
                                             outcome.problem.word});
  return table.text(width);
}

std::string reportJson(const BenchReport &report) {
  Json json = {{"mode", report.mode},
               {"target", report.target},
               {"cpu", report.cpu},
               {"threads", report.threads},
               {"seed", report.seed}};
  if (report.roofline)
    json["machine"] = Json::parse(runtime::profileText(report.roofline->machine));
  json["problems"] = Json::array();
  for (const Outcome &outcome : report.outcomes)
    json["problems"].push_back(outcomeJson(outcome, report.roofline));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Baseline> readBaseline(const std::string &path) {
  try {
    const std::vector<std::byte> bytes = runtime::readFile(path);
    const auto *text = reinterpret_cast<const char *>(bytes.data());
    return baselineOf(Json::parse(text, text + bytes.size()));
  } catch (const Json::parse_error &fault) {
    return commandError("--reference: " + path + ": expected JSON, got something else at byte " +
                        std::to_string(fault.byte));
  } catch (const std::exception &fault) {
    return commandError("--reference: " + path + ": " + fault.what());
  }
}

} // namespace spherical::driver
