//===- time_passes.cpp - the time of passes, by phase ---------------------===//

#include "tools/spherical/driver/time_passes.h"

#include "passes/phase.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassInstrumentation.h"

#include <optional>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

/// Times passes on modules; those that they run inside are part of them.
class PassTimer : public PassInstrumentation {
public:
  explicit PassTimer(CompileTimes &times) : times(times) {}

  void runBeforePass(Pass *, Operation *op) override {
    if (depth++ == 0)
      timer.emplace(&times, stepOf(op));
  }
  void runAfterPass(Pass *, Operation *) override { leave(); }
  void runAfterPassFailed(Pass *, Operation *) override { leave(); }

private:
  /// The phase that a pass leads to: the one after that which the module has passed.
  static std::string stepOf(Operation *op) {
    const auto module = dyn_cast<ModuleOp>(op);
    FailureOr<sph::Phase> passed = failure();
    if (module)
      passed = sph::getPhase(module);
    if (failed(passed))
      return "other passes";
    if (*passed >= sph::Phase::Plan)
      return "check plan";
    return sph::phaseName(static_cast<sph::Phase>(static_cast<int>(*passed) + 1)).str();
  }

  void leave() {
    if (--depth == 0)
      timer.reset();
  }

  CompileTimes &times;
  int depth = 0;
  std::optional<StepTimer> timer;
};

} // namespace

void timePasses(PassManager &manager, CompileTimes &times) {
  manager.addInstrumentation(std::make_unique<PassTimer>(times));
}

} // namespace spherical::driver
