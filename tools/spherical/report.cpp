//===- report.cpp - `spherical report` ------------------------------------===//

#include "tools/spherical/commands.h"
#include "tools/spherical/comparison_chart.h"

#include "runtime/data/files.h"
#include "runtime/data/foreign_files.h"
#include "runtime/train/comparison.h"

#include <cstdio>
#include <memory>

namespace spherical::driver {
namespace {

struct ReportOptions {
  std::vector<std::string> results;
  std::string picture;
  bool statements = false;
};

runtime::EvaluationRecord readResult(const std::string &path) {
  const std::vector<std::byte> bytes = runtime::readFile(path);
  const std::string text(reinterpret_cast<const char *>(bytes.data()), bytes.size());
  try {
    return runtime::parseEvaluation(text);
  } catch (const std::exception &error) {
    const std::string form = runtime::fileForm(bytes, path).name;
    throw std::runtime_error(
        path + ": " +
        (form == "JSON" || form.empty()
             ? error.what()
             : "expected results of 'spherical eval --result' in JSON, got " + form));
  }
}

const char *verdictText(runtime::Verdict verdict) {
  switch (verdict) {
  case runtime::Verdict::Holds:
    return "pass";
  case runtime::Verdict::Fails:
    return "FAIL";
  case runtime::Verdict::Open:
    return "open";
  }
  return "";
}

/// Prints the statements; an error if one fails.
Status judge(const std::vector<runtime::ComparisonRow> &rows) {
  const std::vector<runtime::Statement> statements = runtime::paperStatements(rows);
  size_t failures = 0;
  std::printf("\n");
  for (const runtime::Statement &statement : statements) {
    std::printf("%s  %s\n", verdictText(statement.verdict), statement.text.c_str());
    failures += statement.verdict == runtime::Verdict::Fails;
  }
  std::fflush(stdout);
  if (failures == 0)
    return Done{};
  return commandError("expected that all " + std::to_string(statements.size()) +
                      " statements hold, got " + std::to_string(failures) + " that do not");
}

Status report(const ReportOptions &options) {
  try {
    if (!options.picture.empty())
      runtime::expectDrawable();
    std::vector<runtime::EvaluationRecord> records;
    for (const std::string &path : options.results)
      records.push_back(readResult(path));
    const std::vector<runtime::ComparisonRow> rows = runtime::compareRows(records, options.results);
    std::printf("%s", runtime::comparisonTable(rows).c_str());
    if (!options.picture.empty()) {
      drawComparison(rows).write(options.picture);
      std::printf("\npicture: %s\n", options.picture.c_str());
    }
    return options.statements ? judge(rows) : Status(Done{});
  } catch (const std::exception &error) {
    return commandError(error.what());
  }
}

const char *const examples =
    R"(Results that differ in the seed only make up a row: mean and sample standard deviation, of the accuracy or
in segmentation of the non-background mIoU. --statements prints for each task and protocol whether these hold,
as in Gerken et al. 2022, and fails if one does not (open: a single seed has no deviation to compare with):
  S2CNN and CNN have numbers of parameters that differ by at most 5 %
  S2CNN unrotated -> rotated is above CNN unrotated -> rotated and above CNN rotated -> rotated, by more than
    two deviations of the difference (the root of the sum of both deviations' squares)
  CNN unrotated -> rotated stays below 35 % in classification: the rotations are real
  CNN unrotated -> unrotated is above 90 %, in segmentation 40 %: the network can learn

Examples:
  spherical eval model.yaml --weights weights.safetensors --result rotated.json
  spherical report build/compare/*/*/*.json --picture comparison.png --statements
)";

} // namespace

void addReportCommand(Commands &commands) {
  auto options = std::make_shared<ReportOptions>();
  CLI::App &command = commands.add("report", "compare results of several trainings in a table",
                                   examples, [options] { return report(*options); });
  command.add_option("RESULTS", options->results, "files of 'spherical eval --result'")->required();
  command.add_option("--picture", options->picture, "the rows as bars: .png, .svg or .pdf")
      ->check(pictureFile());
  command.add_flag("--statements", options->statements, "check what the paper says, see below");
}

} // namespace spherical::driver
