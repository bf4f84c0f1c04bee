//===- explanation.cpp - what the compiler makes of a model, and why ------===//
//
// Choices stand on the ops after the phase schedule, and the ops name the other
// ways themselves; what was fused and what was not, passes say in remarks.
//
//===----------------------------------------------------------------------===//

#include "tools/spherical/driver/explanation.h"

#include "dialects/spherical/dialect.h"
#include "passes/pipeline.h"
#include "passes/remarks.h"
#include "passes/schedule/machine.h"
#include "runtime/execute/task_pool.h"
#include "tools/spherical/driver/diagnostics.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"

#include <algorithm>
#include <memory>
#include <numeric>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

/// A remark on a line of the model in a function.
struct Heard {
  std::string function, place;
  Decision decision;
};

using HeardList = std::shared_ptr<std::vector<Heard>>;

/// Keeps remarks on fusions, for as long as the context lives.
class Listener : public remark::detail::MLIRRemarkStreamerBase {
public:
  explicit Listener(HeardList heard) : heard(std::move(heard)) {}

  void streamOptimizationRemark(const remark::detail::Remark &remark) override {
    Heard entry{remark.getFunction().str(), placeOf(remark.getLocation()), {}};
    entry.decision.taken = remark.getRemarkType() == llvm::remarks::Type::Passed;
    for (const remark::detail::Remark::Arg &argument : remark.getArgs())
      (argument.key == "Reason"       ? entry.decision.reason
       : argument.key == "Suggestion" ? entry.decision.suggestion
                                      : entry.decision.what) += argument.val;
    heard->push_back(std::move(entry));
  }

private:
  HeardList heard;
};

/// Sends the remarks on fusions of a context to a list.
Status listen(MLIRContext &context, const HeardList &heard) {
  remark::RemarkCategories categories;
  categories.passed = categories.missed = sph::kFuseRemarks.str();
  if (failed(remark::enableOptimizationRemarks(context, std::make_unique<Listener>(heard),
                                               std::make_unique<remark::RemarkEmittingPolicyAll>(),
                                               categories)))
    return Error{"spherical: error: cannot listen to the passes"};
  return Done{};
}

/// Seconds of work on one core as those of as many cores as it has tasks for.
double onThreads(double seconds, int64_t tasks, int64_t threads) {
  return seconds / static_cast<double>(std::clamp<int64_t>(tasks, 1, threads));
}

OpExplanation explainOp(sph::Schedulable op, sph::ChoiceAttr choice, const sph::Machine &machine,
                        int64_t threads) {
  OpExplanation row;
  row.op = op->getName().getStringRef().str();
  row.algorithm = choice.getAlgorithm().str();
  row.reason = choice.getReason().str();
  row.flop = static_cast<double>(choice.getFlop());
  row.bytes = static_cast<double>(choice.getBytes());
  row.tasks = choice.getTasks();
  row.seconds =
      onThreads(1e-9 * static_cast<double>(choice.getNanoseconds()), choice.getTasks(), threads) +
      machine.stageSeconds;
  for (const sph::Candidate &candidate : op.getCandidates(machine))
    if (candidate.algorithm != choice.getAlgorithm() || candidate.radices != choice.getRadices() ||
        candidate.rows != choice.getRows() || ArrayRef(candidate.tile) != choice.getTile())
      (candidate.onRequest ? row.onRequest : row.others)
          .push_back(
              {candidate.algorithm, candidate.reason,
               onThreads(candidate.seconds, candidate.tasks, threads) + machine.stageSeconds});
  std::ranges::stable_sort(row.onRequest, {}, &Alternative::seconds);
  std::ranges::stable_sort(row.others, {}, &Alternative::seconds);
  return row;
}

LayerExplanation &layerAt(Explanation &explanation, const std::string &place) {
  const auto found = std::ranges::find(explanation.layers, place, &LayerExplanation::place);
  if (found != explanation.layers.end())
    return *found;
  explanation.layers.push_back({place, {}, {}});
  return explanation.layers.back();
}

void explainOps(func::FuncOp function, const sph::Machine &machine, Explanation &explanation) {
  function.walk([&](sph::Schedulable op) {
    if (const auto choice = op->getAttrOfType<sph::ChoiceAttr>("spherical.choice"))
      layerAt(explanation, placeOf(op.getLoc()))
          .ops.push_back(explainOp(op, choice, machine, explanation.threads));
  });
}

/// Adds what was heard of the entry, each once.
void addDecisions(const std::vector<Heard> &heard, Explanation &explanation) {
  for (const Heard &entry : heard) {
    if (entry.function != explanation.entry)
      continue;
    std::vector<Decision> &decisions = layerAt(explanation, entry.place).decisions;
    const auto same = [&](const Decision &other) {
      return other.what == entry.decision.what && other.reason == entry.decision.reason;
    };
    if (std::ranges::none_of(decisions, same))
      decisions.push_back(entry.decision);
  }
}

double sum(const std::vector<OpExplanation> &ops, double OpExplanation::*number) {
  return std::accumulate(ops.begin(), ops.end(), 0.0,
                         [&](double all, const OpExplanation &op) { return all + op.*number; });
}

} // namespace

double LayerExplanation::flop() const { return sum(ops, &OpExplanation::flop); }
double LayerExplanation::bytes() const { return sum(ops, &OpExplanation::bytes); }
double LayerExplanation::seconds() const { return sum(ops, &OpExplanation::seconds); }

double Explanation::leastSeconds(double flop, double bytes) const {
  return 1e-9 * std::max(flop / gigaflop, bytes / gigabytes) / static_cast<double>(threads);
}

/// Line and column of a place "file:line:column"; zeros for another.
static std::pair<long, long> lineOf(const std::string &place) {
  const auto [rest, column] = StringRef(place).rsplit(':');
  const StringRef line = rest.rsplit(':').second;
  std::pair<long, long> found{0, 0};
  if (line.getAsInteger(10, found.first) || column.getAsInteger(10, found.second))
    return {0, 0};
  return found;
}

Result<Explanation> explainChoices(Session &session, const std::string &entry) {
  if (Status status = session.runTo("schedule"); !status)
    return status.error();
  auto function = session.module().lookupSymbol<func::FuncOp>(entry);
  if (!function) {
    std::vector<std::string> names;
    for (auto other : session.module().getOps<func::FuncOp>())
      names.push_back(other.getName().str());
    return noSuchEntry(session.path(), names, entry);
  }
  Explanation explanation;
  explanation.entry = entry;
  const SessionOptions &options = session.options();
  sph::PipelineOptions pipeline;
  pipeline.target = options.target;
  pipeline.cpu = options.cpu;
  pipeline.machine = options.machine;
  const FailureOr<sph::Machine> found = sph::getMachine(
      sph::scheduleMachine(pipeline), [&] { return session.module().emitError(); });
  if (failed(found))
    return Error{session.takeDiagnostics()};
  const sph::Machine &machine = *found;
  explanation.machine = machine.name;
  explanation.gigaflop = machine.gigaflop;
  explanation.gigabytes = machine.gigabytes;
  explanation.threads = options.threads > 0 ? options.threads : runtime::usableCores();
  explainOps(function, machine, explanation);
  return explanation;
}

Result<Explanation> explain(Session &session, const std::string &entry) {
  const auto heard = std::make_shared<std::vector<Heard>>();
  if (Status status = listen(session.context(), heard); !status)
    return status.error();
  Result<Explanation> explanation = explainChoices(session, entry);
  if (!explanation)
    return explanation.error();
  if (Status status = session.runTo("plan"); !status)
    return status.error();
  addDecisions(*heard, *explanation);
  std::ranges::stable_sort(explanation->layers, {},
                           [](const LayerExplanation &layer) { return lineOf(layer.place); });
  return explanation;
}

} // namespace spherical::driver
