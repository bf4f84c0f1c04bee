//===- inspect.cpp - `spherical inspect` ----------------------------------===//

#include "tools/spherical/architecture_table.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"

#include "passes/lower/cards.h"

#include <cstdio>
#include <map>
#include <memory>

namespace spherical::driver {
namespace {

struct InspectOptions {
  std::vector<std::string> files;
  std::string entry = "forward", card;
  bool table = false, layers = false, choices = false, stages = false;
  SessionOptions session;
};

Status printLayers(Session &session) {
  Result<std::vector<LayerRow>> rows = layerTable(session);
  if (!rows)
    return rows.error();
  std::printf("%-36s %-26s %10s  %s\n", "line", "layer", "parameters", "result");
  int64_t total = 0;
  for (const LayerRow &row : *rows) {
    std::printf("%-36s %-26s %10lld  %s\n", row.place.c_str(), row.op.c_str(),
                static_cast<long long>(row.parameters), row.result.c_str());
    total += row.parameters;
  }
  std::printf("%-36s %-26s %10lld\n", "", "total", static_cast<long long>(total));
  return Done{};
}

Status printChoices(const InspectOptions &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.files[0], options.session);
  if (!session)
    return session.error();
  Status status = (*session)->runTo("schedule");
  if (!status)
    return status;
  std::printf("\nchoices of the schedule for %s\n", options.entry.c_str());
  std::printf("%-26s %12s %12s %6s  %s\n", "op", "flop", "bytes", "tasks", "algorithm: reason");
  for (const ChoiceRow &row : choiceTable(**session))
    if (row.function == options.entry)
      std::printf("%-26s %12lld %12lld %6lld  %s: %s\n", row.op.c_str(),
                  static_cast<long long>(row.flop), static_cast<long long>(row.bytes),
                  static_cast<long long>(row.tasks), row.algorithm.c_str(), row.reason.c_str());
  return Done{};
}

void printMemory(const ArtifactSummary &summary) {
  std::printf("\n%-20s %12s %12s %12s %12s %8s\n", "memory plan", "arena", "tables", "scratch",
              "flop", "stages");
  for (const EntrySummary &entry : summary.entries)
    std::printf("%-20s %12s %12s %12s %12.3g %8zu\n", entry.name.c_str(),
                printBytes(entry.arenaBytes).c_str(), printBytes(entry.tableBytes).c_str(),
                printBytes(entry.scratchBytes).c_str(), entry.flop(), entry.stages.size());
  std::printf("%s\n", summary.processor.c_str());
}

/// `sum` takes the prediction for a card, if one is named.
void printStage(const StageSummary &stage, const std::optional<mlir::spherical::Card> &card,
                double &sum) {
  std::printf("%-44s %-30s %12.4g %12.4g %6lld", stage.name.c_str(), stage.place.c_str(),
              stage.flop, stage.bytes, static_cast<long long>(stage.tasks));
  if (card) {
    const double seconds = leastSeconds(*card, stage.flop, stage.bytes, stage.blocks);
    sum += seconds;
    std::printf(" %9.1f us", 1e6 * seconds);
  }
  if (stage.blocks > 0)
    std::printf("  %lld x %lld threads, %lld bytes shared", static_cast<long long>(stage.blocks),
                static_cast<long long>(stage.threads), static_cast<long long>(stage.shared));
  std::printf("\n");
}

void printStages(const ArtifactSummary &summary, const InspectOptions &options) {
  const std::optional<mlir::spherical::Card> card = mlir::spherical::getCard(options.card);
  for (const EntrySummary &entry : summary.entries) {
    if (entry.name != options.entry)
      continue;
    std::printf("\nstages of %s\n%-44s %-30s %12s %12s %6s%s\n", options.entry.c_str(), "stage",
                "line", "flop", "bytes", "tasks", card ? "     at least" : "");
    double sum = 0.0;
    for (const StageSummary &stage : entry.stages)
      printStage(stage, card, sum);
    if (card)
      std::printf(
          "at least %.3f ms on %s: each kernel's launch and its operations or bytes, at the "
          "data sheet's rates\n",
          1e3 * sum, options.card.c_str());
  }
}

Status printArchitectures(const InspectOptions &options) {
  std::vector<ModelDescription> models;
  for (const std::string &file : options.files) {
    Result<std::unique_ptr<Session>> session = Session::load(file, options.session);
    if (!session)
      return session.error();
    Result<ModelDescription> model = (*session)->description();
    if (!model)
      return model.error();
    models.push_back(std::move(*model));
  }
  std::fputs(architectureTable(models, lineWidth()).c_str(), stdout);
  return Done{};
}

/// A card has kernels of its chip only.
Status checkCard(const InspectOptions &options) {
  const std::optional<mlir::spherical::Card> card = mlir::spherical::getCard(options.card);
  if (card && (options.session.target == "cpu" || !options.stages))
    return commandError("expected --card only with --stages and --target=cuda, got " +
                        (options.stages ? "--target=" + options.session.target : "no --stages"));
  if (card && card->chip != options.session.gpu)
    return commandError("expected --gpu=" + std::string(card->chip) +
                        " for --card=" + options.card + ", got " + options.session.gpu);
  return Done{};
}

Status inspect(const InspectOptions &options) {
  if (Status status = checkCard(options); !status)
    return status;
  if (options.table)
    return printArchitectures(options);
  if (options.files.size() > 1)
    return commandError("expected one model, got " + std::to_string(options.files.size()),
                        "--table prints several side by side");
  const std::string &file = options.files[0];
  Result<std::unique_ptr<Session>> session = Session::load(file, options.session);
  if (!session)
    return session.error();
  std::printf("%s: phase %s\n\n", file.c_str(), (*session)->phase().c_str());
  Status status = printLayers(**session);
  if (!status)
    return status;
  if (options.choices) {
    status = printChoices(options);
    if (!status)
      return status;
  }
  if (options.layers)
    return Done{};
  Result<ArtifactSummary> summary = summarize(**session);
  if (!summary)
    return summary.error();
  printMemory(*summary);
  if (options.stages)
    printStages(*summary, options);
  return Done{};
}

const char *const examples = R"(Examples:
  spherical inspect model.yaml                                  layers, parameters, memory plan
  spherical inspect model.yaml --layers                         layers and parameters at once
  spherical inspect --table model.yaml other.yaml               architectures side by side
  spherical inspect model.yaml --choices --entry=train_step     what the schedule chose, and why
  spherical inspect model.yaml --stages --entry=train_step      work of each stage
  spherical inspect model.yaml --stages --target=cuda --card=h100    and the least time that it takes there
)";

} // namespace

void addInspectCommand(Commands &commands) {
  auto options = std::make_shared<InspectOptions>();
  CLI::App &command =
      commands.add("inspect", "show layers, choices of the compiler, stages and the memory plan",
                   examples, [options] { return inspect(*options); });
  command.add_option("FILE", options->files, "model: .yaml or .mlir; with --table, several")
      ->required();
  command.add_option("--entry", options->entry, "entry for --choices and --stages")
      ->capture_default_str();
  command.add_flag("--table", options->table,
                   "blocks, their results and the parameters; compiles nothing");
  command.add_flag("--layers", options->layers, "only the layers; compiles nothing");
  command.add_flag("--choices", options->choices, "the schedule's choice and reason for each op");
  command.add_flag("--stages", options->stages, "operations, bytes and tasks of each stage");
  command.add_option("--card", options->card, "predict the time of each stage on this GPU")
      ->transform(oneOf(mlir::spherical::cardNames()));
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
