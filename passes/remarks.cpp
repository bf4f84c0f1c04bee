//===- remarks.cpp - what passes say of their decisions ---------*- C++ -*-===//

#include "passes/remarks.h"

#include "mlir/IR/Remarks.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace mlir::spherical {

/// The function that an op stands in names the remark's.
static remark::RemarkOpts optionsOf(Operation *at, StringRef name, StringRef category) {
  auto function = at->getParentOfType<FunctionOpInterface>();
  return remark::RemarkOpts::name(name).category(category).function(function ? function.getName()
                                                                             : StringRef());
}

void remarkFused(Operation *at, StringRef name, const Twine &what) {
  if (auto remark = remark::passed(at->getLoc(), optionsOf(at, name, kFuseRemarks)))
    remark << what.str();
}

void remarkNotFused(Operation *at, StringRef name, const Twine &what, const Twine &reason,
                    const Twine &suggestion) {
  auto remark = remark::missed(at->getLoc(), optionsOf(at, name, kFuseRemarks));
  if (!remark)
    return;
  remark << what.str() << remark::detail::Remark::Arg("Reason", reason.str());
  if (!suggestion.isTriviallyEmpty())
    remark << remark::detail::Remark::Arg("Suggestion", suggestion.str());
}

void remarkChosen(Operation *at, StringRef name, const Twine &what, const Twine &reason) {
  if (auto remark = remark::analysis(at->getLoc(), optionsOf(at, name, kChoiceRemarks)))
    remark << what.str() << remark::detail::Remark::Arg("Reason", reason.str());
}

} // namespace mlir::spherical
