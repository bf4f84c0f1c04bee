//===- dump.cpp - one file a pass -----------------------------------------===//

#include "tools/spherical/driver/dump.h"

#include "mlir/Pass/Pass.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spherical::driver {
namespace {

class FileForEachPass : public PassManager::IRPrinterConfig {
public:
  FileForEachPass(std::string folder, int &count)
      : IRPrinterConfig(/*printModuleScope=*/true, /*printAfterOnlyOnChange=*/true,
                        /*printAfterOnlyOnFailure=*/false, flags()),
        folder(std::move(folder)), count(count) {}

  void printBeforeIfEnabled(Pass *, Operation *, PrintCallbackFn) override {}

  void printAfterIfEnabled(Pass *pass, Operation *, PrintCallbackFn print) override {
    const StringRef name = pass->getArgument().empty() ? pass->getName() : pass->getArgument();
    const std::string number = std::to_string(++count);
    const std::string zeros(number.size() < 3 ? 3 - number.size() : 0, '0');
    const std::string path = folder + "/" + zeros + number + "-" + name.str() + ".mlir";
    std::error_code error;
    llvm::raw_fd_ostream stream(path, error);
    if (error) {
      llvm::errs() << path << ": warning: cannot write: " << error.message() << "\n";
      return;
    }
    print(stream);
  }

private:
  static OpPrintingFlags flags() {
    return OpPrintingFlags().enableDebugInfo(true);
  }

  std::string folder;
  int &count;
};

} // namespace

Status dumpPasses(PassManager &manager, const std::string &folder, int &count) {
  if (const std::error_code error = llvm::sys::fs::create_directories(folder))
    return Error{folder + ": error: cannot create the folder: " + error.message()};
  manager.enableIRPrinting(std::make_unique<FileForEachPass>(folder, count));
  return Done{};
}

} // namespace spherical::driver
