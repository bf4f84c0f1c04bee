//===- dump.cpp - one file a pass -----------------------------------------===//

#include "tools/spherical/driver/dump.h"

#include "tools/spherical/driver/signatures.h"

#include "mlir/Pass/Pass.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;

namespace spherical::driver {
namespace {

class FileForEachPass : public PassManager::IRPrinterConfig {
public:
  FileForEachPass(std::string folder, int &count, std::string &failure)
      : IRPrinterConfig(/*printModuleScope=*/true, /*printAfterOnlyOnChange=*/true,
                        /*printAfterOnlyOnFailure=*/false, flags()),
        folder(std::move(folder)), count(count), failure(failure) {}

  void printBeforeIfEnabled(Pass *, Operation *, PrintCallbackFn) override {}

  void printAfterIfEnabled(Pass *pass, Operation *, PrintCallbackFn print) override {
    const StringRef name = pass->getArgument().empty() ? pass->getName() : pass->getArgument();
    const std::string number = std::to_string(++count);
    const std::string zeros(number.size() < 3 ? 3 - number.size() : 0, '0');
    const std::string path = folder + "/" + zeros + number + "-" + name.str() + ".mlir";
    std::error_code error;
    llvm::raw_fd_ostream stream(path, error);
    if (!error) {
      std::string text;
      llvm::raw_string_ostream printed(text);
      print(printed);
      stream << foldSignatures(text);
      stream.close();
      error = stream.error();
      stream.clear_error(); // reported here
    }
    if (error && failure.empty())
      failure = path + ": error: cannot write: " + error.message();
  }

private:
  static OpPrintingFlags flags() { return OpPrintingFlags().enableDebugInfo(true); }

  std::string folder;
  int &count;
  std::string &failure;
};

} // namespace

Status dumpPasses(PassManager &manager, const std::string &folder, int &count,
                  std::string &failure) {
  std::error_code error = llvm::sys::fs::create_directories(folder);
  if (!error && !llvm::sys::fs::is_directory(folder))
    error = std::make_error_code(std::errc::not_a_directory);
  if (error)
    return Error{folder + ": error: cannot create the folder: " + error.message()};
  manager.enableIRPrinting(std::make_unique<FileForEachPass>(folder, count, failure));
  return Done{};
}

} // namespace spherical::driver
