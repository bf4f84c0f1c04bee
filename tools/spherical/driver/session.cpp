//===- session.cpp - a model on its way through the compiler --------------===//

#include "tools/spherical/driver/session.h"

#include "passes/phase.h"
#include "passes/pipeline.h"
#include "passes/verify_program.h"
#include "runtime/data/foreign_files.h"
#include "tools/spherical/driver/diagnostics.h"
#include "tools/spherical/driver/dump.h"
#include "tools/spherical/driver/time_passes.h"
#include "tools/spherical/model/angle.h"
#include "tools/spherical/model/digest.h"
#include "tools/spherical/model/graph.h"
#include "tools/spherical/model/training.h"
#include "tools/spherical/model/yaml.h"

#include "mlir/AsmParser/AsmParser.h"
#include "mlir/AsmParser/AsmParserState.h"
#include "mlir/Bytecode/BytecodeReader.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"

#include <cstdio>
#include <span>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {

/// Where modules beyond the graph phase carry its digest.
static constexpr StringLiteral graphAttribute = "spherical.graph";
/// Of @forward: asks for an entry of norms.
static constexpr StringLiteral probeAttribute = "spherical.probe";

std::string choicesText(const SessionOptions &options) {
  return llvm::join(options.choose, ",") + "\n" + llvm::join(options.without, ",") + "\n" +
         std::to_string(options.exact);
}

struct Session::State {
  State(const std::string &path, const SessionOptions &options)
      : path(path), options(options), context(dialects(options), MLIRContext::Threading::DISABLED),
        diagnostics(context, path) {}

  static DialectRegistry dialects(const SessionOptions &options) {
    DialectRegistry registry;
    sph::registerPipelineDialects(registry);
    if (options.registerDialects)
      options.registerDialects(registry);
    return registry;
  }

  std::string path;
  SessionOptions options;
  MLIRContext context;
  DiagnosticCollector diagnostics;
  OwningOpRef<ModuleOp> module;
  CompileTimes times;
  int64_t liveLimit = 0;
  /// Files written to the dump folder so far.
  int dumped = 0;
};

Session::Session(std::unique_ptr<State> state) : state(std::move(state)) {}

Session::~Session() {
  if (options().compileTimes)
    std::fprintf(stderr, "%s: time of compiling\n%s", path().c_str(), state->times.table().c_str());
}

const SessionOptions &Session::options() const { return state->options; }
const std::string &Session::path() const { return state->path; }
CompileTimes *Session::times() { return options().compileTimes ? &state->times : nullptr; }
ModuleOp Session::module() { return *state->module; }
MLIRContext &Session::context() { return state->context; }
std::string Session::takeDiagnostics() { return state->diagnostics.take(); }

/// The name that the text has for an argument, `%x` without its sign; empty for a number.
static StringRef writtenName(const AsmParserState::SMDefinition &definition) {
  const char *start = definition.loc.Start.getPointer(), *end = definition.loc.End.getPointer();
  const StringRef name = StringRef(start, end - start).ltrim('%');
  return name.empty() || llvm::isDigit(name.front()) ? StringRef() : name;
}

/// Gives the arguments of functions that have no other names those of the text.
static void nameArguments(ModuleOp module, const AsmParserState &text) {
  constexpr StringLiteral attribute = "spherical.name";
  for (auto function : module.getOps<func::FuncOp>()) {
    const AsmParserState::BlockDefinition *block =
        function.isExternal() ? nullptr : text.getBlockDef(&function.front());
    if (!block || block->arguments.size() != function.getNumArguments())
      continue;
    llvm::StringSet<> given;
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      if (auto name = function.getArgAttrOfType<StringAttr>(i, attribute))
        given.insert(name.getValue());
    for (const auto [i, definition] : llvm::enumerate(block->arguments)) {
      const StringRef name = writtenName(definition);
      const DictionaryAttr attributes = function.getArgAttrDict(i);
      const bool planned = attributes && llvm::any_of(attributes, [](NamedAttribute other) {
                             return other.getName().getValue().starts_with("stage.");
                           });
      if (!planned && !name.empty() && !function.getArgAttr(i, attribute) && !given.contains(name))
        function.setArgAttr(i, attribute, StringAttr::get(module.getContext(), name));
    }
  }
}

static OwningOpRef<ModuleOp> parseModule(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                         MLIRContext &context) {
  const bool bytecode = isBytecode(*buffer);
  const Location start = FileLineColLoc::get(&context, buffer->getBufferIdentifier(), 0, 0);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  const ParserConfig config(&context);
  if (bytecode)
    return parseSourceFile<ModuleOp>(sources, config);
  Block block;
  AsmParserState text;
  if (failed(parseAsmSourceFile(sources, &block, config, &text)))
    return nullptr;
  OwningOpRef<ModuleOp> module =
      detail::constructContainerOpForParserIfNecessary<ModuleOp>(&block, &context, start);
  if (module)
    nameArguments(*module, text);
  return module;
}

/// What is said of a file that is no model.
static Error otherForm(const std::string &path, const std::string &form) {
  const std::string wanted = form == "a model in YAML" ? "MLIR" : "YAML or MLIR";
  return Error{path + ": error: expected a model in " + wanted + ", got " + form + "\n" + path +
               ": note: models in YAML end in .yaml or .yml, those in MLIR in .mlir or .mlirbc"};
}

/// Why no module came of a file in MLIR: what the parser says, unless the file is of another form.
static Error parseError(const std::string &path, const runtime::FileForm &form,
                        const std::string &reason) {
  const StringRef ending = llvm::sys::path::extension(path);
  const bool isMlir = path == "-" || ending == ".mlir" || ending == ".mlirbc" ||
                      StringRef(form.name).starts_with("a model in MLIR");
  if (!isMlir && !form.name.empty())
    return otherForm(path, form.name);
  return Error{reason.empty() ? path + ": error: expected a model in MLIR, got something else"
                              : reason};
}

Result<std::unique_ptr<Session>> Session::load(const std::string &path,
                                               const SessionOptions &options) {
  auto buffer = llvm::MemoryBuffer::getFileOrSTDIN(path);
  if (!buffer)
    return Error{path + ": error: cannot read the model: " + buffer.getError().message()};
  Result<std::unique_ptr<Session>> session = read(std::move(*buffer), path, options);
  if (session)
    if (const Status early = (*session)->checkEarly(); !early)
      return early.error();
  return session;
}

Status Session::checkEarly() {
  const FailureOr<sph::Phase> current = sph::getPhase(module());
  if (failed(current))
    return Error{takeDiagnostics()};
  std::vector<std::pair<sph::Phase, std::string>> uses;
  if (!options().choose.empty())
    uses.emplace_back(sph::Phase::Schedule, "--choose, --fft, --product or --gemm");
  if (options().exact > 0)
    uses.emplace_back(sph::Phase::Schedule, "--exact");
  for (const auto &[name, phase] : sph::optionalPasses())
    if (llvm::is_contained(options().without, name))
      uses.emplace_back(phase, "--without " + name.str());
  for (const auto &[phase, option] : uses)
    if (*current >= phase)
      return Error{path() + ": error: expected a module before the phase " +
                   sph::phaseName(phase).str() + " with " + option + ", got one of the phase " +
                   sph::phaseName(*current).str()};
  return Done{};
}

Result<std::unique_ptr<Session>> Session::parse(const std::string &name, const std::string &text,
                                                const SessionOptions &options) {
  return read(llvm::MemoryBuffer::getMemBufferCopy(text, name), name, options);
}

Result<std::unique_ptr<Session>> Session::read(std::unique_ptr<llvm::MemoryBuffer> buffer,
                                               const std::string &path,
                                               const SessionOptions &options) {
  auto state = std::make_unique<State>(path, options);
  const StringRef bytes = buffer->getBuffer();
  const runtime::FileForm form =
      runtime::fileForm(std::as_bytes(std::span(bytes.data(), bytes.size())), path);
  if (!form.isText && !form.name.empty() && !isBytecode(*buffer))
    return otherForm(path, form.name);
  const StepTimer timer(options.compileTimes ? &state->times : nullptr, "read");
  if (isYamlPath(path)) {
    Result<ModelDescription> model = readYaml(buffer->getBuffer().str(), path, options.batch);
    if (!model)
      return model.error();
    state->module = buildGraph(*model, state->context);
    if (!state->module)
      return Error{state->diagnostics.take()};
  } else if (options.batch > 0) {
    return Error{path +
                 ": error: expected --batch only with a model in YAML, got MLIR, whose types "
                 "hold the batch"};
  } else {
    state->module = parseModule(std::move(buffer), state->context);
  }
  if (!state->module)
    return parseError(path, form, state->diagnostics.take());
  if (const std::string fault = trainingFault(trainingOf(*state->module)); !fault.empty())
    return Error{path + ": error: `spherical.training`: " + fault};
  if (failed(sph::verifyProgram(*state->module)))
    return Error{state->diagnostics.take()};
  return std::unique_ptr<Session>(new Session(std::move(state)));
}

std::string Session::phase() {
  const FailureOr<sph::Phase> phase = sph::getPhase(module());
  return succeeded(phase) ? sph::phaseName(*phase).str() : "";
}

Status Session::runTo(const std::string &name) {
  const std::optional<sph::Phase> target = sph::parsePhase(name);
  if (!target)
    return Error{path() + ": error: expected one of the phases " + sph::phaseNames() + ", got '" +
                 name + "'"};
  sph::PipelineOptions pipeline;
  pipeline.target = options().target;
  pipeline.cpu = options().cpu;
  pipeline.gpu = options().gpu;
  pipeline.machine = options().machine;
  pipeline.choose.assign(options().choose.begin(), options().choose.end());
  pipeline.without.assign(options().without.begin(), options().without.end());
  pipeline.exact = options().exact;
  pipeline.liveLimit = liveLimit();
  if (const std::string graph = record().graph; !graph.empty() && *target != sph::Phase::Graph)
    module()->setAttr(graphAttribute, StringAttr::get(&context(), graph));
  if (Operation *forward = module().lookupSymbol("forward"); forward && buildsProbe())
    forward->setAttr(probeAttribute, UnitAttr::get(&context()));
  PassManager manager(&context());
  std::string dumpFailure;
  if (!options().dumpDir.empty()) {
    Status enabled = dumpPasses(manager, options().dumpDir, state->dumped, dumpFailure);
    if (!enabled)
      return enabled;
  }
  if (CompileTimes *counted = times())
    timePasses(manager, *counted);
  if (failed(sph::buildPipeline(manager, module(), *target, pipeline)) ||
      failed(manager.run(module())))
    return Error{takeDiagnostics()};
  if (!dumpFailure.empty())
    return Error{dumpFailure};
  return Done{};
}

void Session::addEntry(const std::string &name) { state->options.entries.push_back(name); }

void Session::setLiveLimit(int64_t bytes) { state->liveLimit = bytes; }

int64_t Session::liveLimit() const { return state->liveLimit; }

bool Session::buildsProbe() const { return llvm::is_contained(options().entries, "probe"); }

std::string Session::text(bool withLocations) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  OpPrintingFlags flags;
  if (withLocations)
    flags.enableDebugInfo(true);
  module().print(stream, flags);
  return StringRef(text).ends_with("\n") ? text : text + "\n";
}

std::string Session::bytecode() {
  std::string bytes;
  llvm::raw_string_ostream stream(bytes);
  (void)writeBytecodeToFile(module(), stream);
  return bytes;
}

Result<ModelDescription> Session::description() {
  const FailureOr<ModelDescription> model = describeGraph(module());
  if (failed(model))
    return Error{takeDiagnostics()};
  return *model;
}

Result<std::string> Session::yaml() {
  const Result<ModelDescription> model = description();
  if (!model)
    return model.error();
  return writeYaml(*model);
}

static std::string printed(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

runtime::ModelRecord Session::record() {
  const auto carried = module()->getAttrOfType<StringAttr>(graphAttribute);
  return {module().getName().value_or("model").str(), phase() == "graph" ? graphDigest(module())
                                                      : carried          ? carried.str()
                                                                         : ""};
}

std::map<std::string, std::string> Session::trainingSettings() {
  const TrainingDescription training = trainingOf(module());
  std::string loss = "cross_entropy";
  if (auto forward = module().lookupSymbol("forward"))
    if (const Attribute attribute = forward->getAttr("spherical.loss"))
      loss = isa<StringAttr>(attribute) ? cast<StringAttr>(attribute).str() : printed(attribute);
  return {{"optimizer", training.optimizer},
          {"beta1", printNumber(training.beta1)},
          {"beta2", printNumber(training.beta2)},
          {"eps", printNumber(training.epsilon)},
          {"momentum", printNumber(training.momentum)},
          {"nesterov", training.nesterov ? "true" : "false"},
          {"weight decay", printNumber(training.weightDecay)},
          {"clip", printNumber(training.clip)},
          {"accumulate", std::to_string(training.accumulate)},
          {"average", printNumber(training.average)},
          {"freeze", settingText(training.freeze)},
          {"loss", loss}};
}

TrainingDescription Session::training() { return trainingOf(module()); }

LossDescription Session::loss() { return lossOf(module()); }

Status Session::setTraining(const TrainingDescription &training) {
  if (const std::string fault = trainingFault(training); !fault.empty())
    return Error{path() + ": error: " + fault};
  if (failed(driver::setTraining(module(), training, module().getLoc())))
    return Error{takeDiagnostics()};
  return Done{};
}

/// The classes of the model, or numbers of another result.
static int64_t outputsOf(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  const bool one = forward && forward.getNumResults() == 1;
  const auto type = one ? dyn_cast<RankedTensorType>(forward.getResultTypes()[0]) : nullptr;
  return type && type.getRank() > 1 ? type.getDimSize(1) : 0;
}

Status Session::setLoss(const LossDescription &loss) {
  std::string fault = lossFault(loss);
  const auto weights = static_cast<int64_t>(loss.classWeights.size());
  if (const int64_t classes = outputsOf(module());
      fault.empty() && weights != 0 && classes != 0 && weights != classes)
    fault = "class_weights expected " + std::to_string(classes) +
            " numbers, one for each class, got " + std::to_string(weights);
  if (!fault.empty())
    return Error{path() + ": error: " + fault};
  driver::setLoss(module(), loss);
  return Done{};
}

Status Session::balanceClasses(const std::vector<int64_t> &counts) {
  const Result<std::vector<double>> weights = balancedWeights(counts);
  if (!weights)
    return Error{path() + ": " + weights.error().message};
  LossDescription weighted = loss();
  weighted.balanced = false;
  weighted.classWeights = *weights;
  return setLoss(weighted);
}

Error noSuchEntry(const std::string &path, const std::vector<std::string> &entries,
                  const std::string &entry) {
  std::string list;
  for (const std::string &name : entries)
    list += (list.empty() ? "" : ", ") + name;
  const std::string hint = hintFor(entry, entries);
  const std::string note = hint.empty() ? "" : "\n" + path + ": note: " + hint;
  return Error{path + ": error: expected an entry of the model (" + list + "), got '" + entry +
               "'" + note};
}

} // namespace spherical::driver
