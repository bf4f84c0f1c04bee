//===- images.cpp - the kernels of a program as data ------------*- C++ -*-===//

#include "tools/spherical/codegen/images.h"

#include "passes/lower/chips.h"
#include "runtime/cuda/device.h"
#include "tools/spherical/codegen/device.h"

#include "mlir/IR/BuiltinOps.h"

#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

namespace spherical::driver {

namespace sph = mlir::spherical;

static int32_t capability(std::string_view gpu) {
  std::optional<sph::Chip> chip = sph::getChip(gpu);
  return chip ? chip->capability : 0;
}

Result<std::vector<KernelImage>> makeImages(mlir::ModuleOp lowered, const std::string &target,
                                            const std::string &gpu) {
  Result<std::string> bitcode = emitDeviceBitcode(lowered);
  if (!bitcode)
    return bitcode.error();
  if (target != "cuda") // the emulation
    return std::vector<KernelImage>{{SPH_IMAGE_BITCODE, 0, std::move(*bitcode)}};
  Result<std::string> ptx = emitPtx(*bitcode, std::string(sph::kLowestChip));
  if (!ptx)
    return ptx.error();
  std::vector<KernelImage> images{{SPH_IMAGE_PTX, capability(sph::kLowestChip), *ptx + '\0'}};
  const std::string ptxas = findPtxas();
  if (ptxas.empty()) {
    llvm::errs() << "spherical: note: expected ptxas of the CUDA toolkit in PATH or "
                    "/usr/local/cuda/bin, got none: the program holds PTX alone, which the driver "
                    "compiles when it is loaded\n";
    return images;
  }
  Result<std::string> code = assemblePtx(ptxas, *ptx, gpu);
  if (!code)
    return code.error();
  images.push_back({SPH_IMAGE_CUBIN, capability(gpu), std::move(*code)});
  return images;
}

//===----------------------------------------------------------------------===//
// ptxas
//===----------------------------------------------------------------------===//

std::string findPtxas() {
  if (auto found = llvm::sys::findProgramByName("ptxas"))
    return *found;
  if (auto found = llvm::sys::findProgramByName("ptxas", {"/usr/local/cuda/bin"}))
    return *found;
  return "";
}

Result<std::string> assemblePtx(const std::string &ptxas, const std::string &ptx,
                                const std::string &gpu) {
  namespace fs = llvm::sys::fs;
  auto fail = [&](const std::string &reason) {
    return Error{"error: cannot assemble the kernels for " + gpu + ": " + reason};
  };
  llvm::SmallString<128> input, output, log;
  for (auto [path, ending] : {std::pair(&input, "ptx"), {&output, "cubin"}, {&log, "log"}})
    if (std::error_code code = fs::createTemporaryFile("spherical-kernels", ending, *path))
      return fail(code.message());
  llvm::FileRemover removeInput(input), removeOutput(output), removeLog(log);
  std::error_code written;
  llvm::raw_fd_ostream text(input, written);
  text << ptx;
  text.close();
  if (written || (written = text.error())) {
    text.clear_error();
    return fail(written.message());
  }
  const std::string chip = "-arch=" + gpu;
  const llvm::StringRef arguments[] = {ptxas, chip, input, "-o", output};
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), llvm::StringRef(log),
                                                llvm::StringRef(log)};
  std::string error;
  const int status =
      llvm::sys::ExecuteAndWait(ptxas, arguments, std::nullopt, redirects, 0, 0, &error);
  if (status != 0) {
    auto said = llvm::MemoryBuffer::getFile(log);
    std::string messages = said ? (*said)->getBuffer().trim().str() : "";
    std::replace(messages.begin(), messages.end(), '\n', ';');
    return fail(!messages.empty() ? messages : !error.empty() ? error : "ptxas failed");
  }
  auto code = llvm::MemoryBuffer::getFile(output);
  if (!code)
    return fail(code.getError().message());
  return (*code)->getBuffer().str();
}

//===----------------------------------------------------------------------===//
// Data of the host's code
//===----------------------------------------------------------------------===//

void addImages(llvm::Module &host, const std::vector<KernelImage> &images) {
  llvm::LLVMContext &context = host.getContext();
  auto *i32 = llvm::Type::getInt32Ty(context), *i64 = llvm::Type::getInt64Ty(context);
  auto *pointer = llvm::PointerType::get(context, 0);
  auto *type = llvm::StructType::get(context, {i32, i32, i64, pointer});
  auto constant = [](llvm::Type *type, int64_t value) -> llvm::Constant * {
    return llvm::ConstantInt::get(type, value);
  };
  std::vector<llvm::Constant *> list;
  auto add = [&](int32_t kind, int32_t chip, int64_t bytes, llvm::Constant *data) {
    list.push_back(llvm::ConstantStruct::get(
        type, {constant(i32, kind), constant(i32, chip), constant(i64, bytes), data}));
  };
  for (const KernelImage &image : images) {
    llvm::Constant *bytes =
        llvm::ConstantDataArray::getString(context, image.bytes, /*AddNull=*/false);
    auto *data = new llvm::GlobalVariable(host, bytes->getType(), true,
                                          llvm::GlobalValue::PrivateLinkage, bytes, "sph_image");
    data->setAlignment(llvm::Align(64));
    add(image.kind, image.chip, static_cast<int64_t>(image.bytes.size()), data);
  }
  add(SPH_IMAGE_END, 0, 0, llvm::ConstantPointerNull::get(pointer));
  auto *array = llvm::ArrayType::get(type, list.size());
  new llvm::GlobalVariable(host, array, true, llvm::GlobalValue::ExternalLinkage,
                           llvm::ConstantArray::get(array, list), "sph_images");
}

} // namespace spherical::driver
