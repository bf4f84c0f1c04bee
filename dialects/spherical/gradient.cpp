//===- gradient.cpp - vector-Jacobian products ------------------*- C++ -*-===//
//
// One rule an op. Linear ops flip their `adjoint` flag, or name the op that is
// their adjoint for the real inner product; `spectral_matmul` has the other two
// of its three forms.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

using Cotangents = ArrayRef<Value>;
using Gradients = SmallVectorImpl<Value>;

//===----------------------------------------------------------------------===//
// Transforms
//===----------------------------------------------------------------------===//

/// The same op with `adjoint` flipped, from the cotangent back to the input's type.
template <typename Op>
static LogicalResult flipAnalysis(Op op, OpBuilder &builder, Value cotangent,
                                  Gradients &gradients) {
  gradients.push_back(Op::create(builder, op.getLoc(), op.getInput().getType(), cotangent,
                                 op.getHighAttr(), !op.getAdjoint()));
  return success();
}

LogicalResult S2FTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipAnalysis(*this, builder, cotangents[0], gradients);
}

LogicalResult SO3FTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipAnalysis(*this, builder, cotangents[0], gradients);
}

template <typename Op>
static LogicalResult flipSynthesis(Op op, OpBuilder &builder, Value cotangent,
                                   Gradients &gradients) {
  gradients.push_back(
      Op::create(builder, op.getLoc(), op.getInput().getType(), cotangent, !op.getAdjoint()));
  return success();
}

LogicalResult S2IFTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipSynthesis(*this, builder, cotangents[0], gradients);
}

LogicalResult SO3IFTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipSynthesis(*this, builder, cotangents[0], gradients);
}

LogicalResult KernelFTOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  gradients.push_back(KernelFTOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                         getGrid(), getScale(), getProjectionAttr(),
                                         !getAdjoint()));
  return success();
}

LogicalResult SO3IntegrateOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                       Gradients &gradients) {
  gradients.push_back(SO3IntegrateOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                             !getAdjoint()));
  return success();
}

//===----------------------------------------------------------------------===//
// Spectra
//===----------------------------------------------------------------------===//

/// With <A, B> = Re tr(A^H B) summed over degrees:
///   forward      Z = X Y^H      dX = dZ Y,        dY = dZ^H X
///   grad_input   X = G Y        dG = dX Y^H,      dY = G^H dX
///   grad_kernel  Y = G^H X      dG = X dY^H,      dX = G dY
LogicalResult SpectralMatmulOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                         Gradients &gradients) {
  Value d = cotangents[0], lhs = getLhs(), rhs = getRhs();
  auto product = [&](Value like, Value a, Value b, ProductForm form) {
    gradients.push_back(SpectralMatmulOp::create(builder, getLoc(), like.getType(), a, b, form));
  };
  switch (getForm()) {
  case ProductForm::Forward:
    product(lhs, d, rhs, ProductForm::GradInput);
    product(rhs, d, lhs, ProductForm::GradKernel);
    return success();
  case ProductForm::GradInput:
    product(lhs, d, rhs, ProductForm::Forward);
    product(rhs, lhs, d, ProductForm::GradKernel);
    return success();
  case ProductForm::GradKernel:
    product(lhs, rhs, d, ProductForm::Forward);
    product(rhs, lhs, d, ProductForm::GradInput);
    return success();
  }
  llvm_unreachable("all forms are covered");
}

LogicalResult TruncateOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  gradients.push_back(PadOp::create(builder, getLoc(), getInput().getType(), cotangents[0]));
  return success();
}

LogicalResult PadOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(TruncateOp::create(builder, getLoc(), getInput().getType(), cotangents[0]));
  return success();
}

/// The Hermitian part is an orthogonal projection: its adjoint embeds A as A + i 0.
LogicalResult RealPartOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  Value zero = ZeroOp::create(builder, getLoc(), cotangents[0].getType());
  gradients.push_back(
      ComplexOp::create(builder, getLoc(), getInput().getType(), cotangents[0], zero));
  return success();
}

LogicalResult ImagPartOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  Value zero = ZeroOp::create(builder, getLoc(), cotangents[0].getType());
  gradients.push_back(
      ComplexOp::create(builder, getLoc(), getInput().getType(), zero, cotangents[0]));
  return success();
}

LogicalResult ComplexOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(RealPartOp::create(builder, getLoc(), getRe().getType(), cotangents[0]));
  gradients.push_back(ImagPartOp::create(builder, getLoc(), getIm().getType(), cotangents[0]));
  return success();
}

//===----------------------------------------------------------------------===//
// Biases, samples, layouts
//===----------------------------------------------------------------------===//

LogicalResult AddBiasOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(cotangents[0]);
  gradients.push_back(BiasGradOp::create(builder, getLoc(), getBias().getType(), cotangents[0]));
  return success();
}

LogicalResult BiasGradOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                   Gradients &gradients) {
  Value zero = ZeroOp::create(builder, getLoc(), getInput().getType());
  gradients.push_back(
      AddBiasOp::create(builder, getLoc(), getInput().getType(), zero, cotangents[0]));
  return success();
}

LogicalResult SamplesOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(SamplesOp::create(builder, getLoc(), getInput().getType(), cotangents[0]));
  return success();
}

LogicalResult ZeroOp::buildVjp(OpBuilder &, Cotangents, Gradients &) { return success(); }

LogicalResult ConvertLayoutOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                        Gradients &gradients) {
  gradients.push_back(
      ConvertLayoutOp::create(builder, getLoc(), getInput().getType(), cotangents[0]));
  return success();
}
