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

/// Throws Json::exception where a key is missing or of another type.
Baseline baselineOf(const Json &json) {
  Baseline baseline{json.at("cpu"), json.at("threads"), {}};
  for (const Json &problem : json.at("problems"))
    if (problem.contains("seconds")) // others failed
      baseline.seconds[problem.at("problem")] = problem.at("seconds");
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
  const auto error = [&path](const std::string &got) {
    return commandError("--reference: " + path +
                        ": expected JSON of 'spherical bench --mode speed', got " + got);
  };
  const std::vector<std::byte> bytes = runtime::readFile(path);
  const auto *text = reinterpret_cast<const char *>(bytes.data());
  try {
    const Json json = Json::parse(text, text + bytes.size());
    if (json.at("mode") != "speed")
      return error("that of --mode " + json.at("mode").get<std::string>());
    const Baseline baseline = baselineOf(json);
    for (const auto &[problem, seconds] : baseline.seconds)
      if (!(seconds > 0))
        return error(runtime::exactText(seconds) + " seconds for " + problem);
    return baseline;
  } catch (const Json::parse_error &fault) {
    return error("something else at byte " + std::to_string(fault.byte));
  } catch (const Json::exception &) {
    return error("JSON of something else");
  }
}

} // namespace spherical::driver
