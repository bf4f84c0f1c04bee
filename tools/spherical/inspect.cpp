//===- inspect.cpp - `spherical inspect` ----------------------------------===//

#include "tools/spherical/architecture_table.h"
#include "tools/spherical/commands.h"
#include "tools/spherical/driver/artifact.h"
#include "tools/spherical/driver/explanation.h"
#include "tools/spherical/driver/tables.h"
#include "tools/spherical/explanation_text.h"
#include "tools/spherical/output.h"
#include "tools/spherical/parameters.h"
#include "tools/spherical/text_table.h"

#include "passes/cards.h"
#include "runtime/train/text.h"

#include <cstdio>
#include <map>
#include <memory>

namespace spherical::driver {
namespace {

struct InspectOptions {
  std::vector<std::string> files;
  std::string entry = "forward", card;
  std::string choices; ///< "", chosen or all
  bool table = false, layers = false, stages = false;
  SessionOptions session;
};

/// Where a table has its `places` in the model file: without the file's name if lines are to fit a
/// terminal.
std::vector<std::string> fittingPlaces(std::vector<std::string> places) {
  return lineWidth() > 0 ? runtime::withoutFile(std::move(places)) : places;
}

void printTable(const TextTable &table) { std::fputs(table.text(lineWidth()).c_str(), stdout); }

Status printLayers(Session &session) {
  Result<std::vector<LayerRow>> rows = layerTable(session);
  if (!rows)
    return rows.error();
  std::vector<std::string> places;
  for (const LayerRow &row : *rows)
    places.push_back(row.place);
  places = fittingPlaces(std::move(places));
  TextTable table({"line", "layer", "parameters", "result"}, 2);
  int64_t total = 0;
  for (size_t i = 0; i < rows->size(); ++i) {
    const LayerRow &row = (*rows)[i];
    table.add({places[i], row.op, std::to_string(row.parameters), row.result});
    total += row.parameters;
  }
  table.add({"", "total", std::to_string(total), ""});
  printTable(table);
  return Done{};
}

std::string wholeNumber(double value) { return std::to_string(static_cast<int64_t>(value)); }

Status printChoices(const InspectOptions &options) {
  Result<std::unique_ptr<Session>> session = Session::load(options.files[0], options.session);
  if (!session)
    return session.error();
  Result<Explanation> explanation = explainChoices(**session, options.entry);
  if (!explanation)
    return explanation.error();
  std::printf("\nchoices of the schedule for %s, times predicted for %s on %lld cores\n",
              options.entry.c_str(), explanation->machine.c_str(),
              static_cast<long long>(explanation->threads));
  TextTable table({"op", "flop", "bytes", "tasks", "time", "algorithm: reason"}, 1);
  for (const LayerExplanation &layer : explanation->layers)
    for (const OpExplanation &op : layer.ops) {
      table.add({op.op, wholeNumber(op.flop), wholeNumber(op.bytes), std::to_string(op.tasks),
                 timeText(op.seconds), op.algorithm + ": " + op.reason});
      auto addOthers = [&](const char *how, const std::vector<Alternative> &others) {
        for (const Alternative &other : others)
          table.add(
              {how, "", "", "", timeText(other.seconds), other.algorithm + ": " + other.reason});
      };
      if (options.choices != "all")
        continue;
      addOthers("  else", op.others);
      addOthers("  on request", op.onRequest);
    }
  printTable(table);
  return Done{};
}

void printMemory(const ArtifactSummary &summary) {
  std::printf("\n%-20s %11s %11s %11s %11s %8s\n", "memory plan", "arena", "tables", "scratch",
              "flop", "stages");
  for (const EntrySummary &entry : summary.entries)
    std::printf("%-20s %11s %11s %11s %11.3g %8zu\n", entry.name.c_str(),
                printBytes(entry.arenaBytes).c_str(), printBytes(entry.tableBytes).c_str(),
                printBytes(entry.scratchBytes).c_str(), entry.flop(), entry.stages.size());
  std::printf("%s\n", summary.processor.c_str());
}

/// `value` with four significant digits.
std::string shortNumber(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

/// The row of a stage at `place`. `sum` takes the prediction for a card, if one is named.
TextTable::Row stageRow(const StageSummary &stage, const std::string &place,
                        const std::optional<mlir::spherical::Card> &card, double &sum) {
  TextTable::Row row = {stage.name, place, shortNumber(stage.flop), shortNumber(stage.bytes),
                        std::to_string(stage.tasks)};
  if (card) {
    const double seconds = leastSeconds(*card, stage.flop, stage.bytes, stage.blocks);
    sum += seconds;
    row.push_back(runtime::fixedText(1e6 * seconds, 1) + " us");
  }
  row.push_back(stage.blocks > 0
                    ? std::to_string(stage.blocks) + " x " + std::to_string(stage.threads) +
                          " threads, " + std::to_string(stage.shared) + " bytes shared"
                    : stage.call);
  return row;
}

void printStages(const ArtifactSummary &summary, const InspectOptions &options) {
  const std::optional<mlir::spherical::Card> card = mlir::spherical::getCard(options.card);
  for (const EntrySummary &entry : summary.entries) {
    if (entry.name != options.entry)
      continue;
    TextTable::Row head = {"stage", "line", "flop", "bytes", "tasks", ""};
    if (card)
      head.insert(head.end() - 1, "at least");
    TextTable table(head, 2);
    std::vector<std::string> places;
    for (const StageSummary &stage : entry.stages)
      places.push_back(stage.place);
    places = fittingPlaces(std::move(places));
    double sum = 0.0;
    for (size_t i = 0; i < places.size(); ++i)
      table.add(stageRow(entry.stages[i], places[i], card, sum));
    std::printf("\nstages of %s\n", options.entry.c_str());
    printTable(table);
    if (card)
      std::printf("at least %.3f ms on %s: each kernel's launch and its operations or bytes,\n"
                  "at the data sheet's rates\n",
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
  if (!options.choices.empty()) {
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
  command
      .add_flag("--choices{chosen}", options->choices,
                "the schedule's choice and reason for each op, or all candidates: --choices=all")
      ->transform(oneOf({"chosen", "all"}));
  command.add_flag("--stages", options->stages, "operations, bytes and tasks of each stage");
  command.add_option("--card", options->card, "predict the time of each stage on this GPU")
      ->transform(oneOf(mlir::spherical::cardNames()));
  addTargetOption(command, options->session, false);
  addSessionOptions(command, options->session);
}

} // namespace spherical::driver
