//===- gradient_projections.cpp - vector-Jacobian products ------*- C++ -*-===//
//
// The rules of projection_ops.td, grid_ops.td and of rotations; the others are in gradient.cpp.
//
//===----------------------------------------------------------------------===//

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

using namespace mlir;
using namespace mlir::spherical;

using Cotangents = ArrayRef<Value>;
using Gradients = SmallVectorImpl<Value>;

LogicalResult SO3OrbitMeanOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                       Gradients &gradients) {
  gradients.push_back(SO3OrbitMeanOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                             !getAdjoint()));
  return success();
}

LogicalResult SumNOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  gradients.push_back(SumNOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                     getOdd(), !getAdjoint()));
  return success();
}

LogicalResult ProjectKernelOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                        Gradients &gradients) {
  gradients.push_back(ProjectKernelOp::create(builder, getLoc(), getInput().getType(),
                                              cotangents[0], getProjection(), !getAdjoint()));
  return success();
}

/// With <A, B> = Re tr(A^H B) summed over degrees:
///   forward      H = X c        dX = dH c^H,      dc = X^H dH
///   grad_input   X = G c^H      dG = dX c,        dc = dX^H G
///   grad_kernel  c = X^H G      dG = X dc,        dX = G dc^H
LogicalResult ThinMatmulOp::buildVjp(OpBuilder &builder, Cotangents cotangents,
                                     Gradients &gradients) {
  Value d = cotangents[0], lhs = getLhs(), rhs = getRhs();
  auto product = [&](Value like, Value a, Value b, ProductForm form) {
    gradients.push_back(ThinMatmulOp::create(builder, getLoc(), like.getType(), a, b, form));
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

/// Rotations are orthogonal: the adjoint is the inverse, of the angles in reverse order, negated.
LogicalResult RotateOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  SmallVector<double> inverse;
  for (double angle : llvm::reverse(getAngles()))
    inverse.push_back(-angle);
  gradients.push_back(RotateOp::create(builder, getLoc(), getInput().getType(), cotangents[0],
                                       builder.getDenseF64ArrayAttr(inverse)));
  return success();
}

/// The same op with `adjoint` flipped.
template <typename Op>
static LogicalResult flipGridTransform(Op op, OpBuilder &builder, Value cotangent,
                                       Gradients &gradients) {
  gradients.push_back(Op::create(builder, op.getLoc(), op.getInput().getType(), cotangent,
                                 op.getGrid(), !op.getAdjoint()));
  return success();
}

LogicalResult GridFTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipGridTransform(*this, builder, cotangents[0], gradients);
}

LogicalResult GridIFTOp::buildVjp(OpBuilder &builder, Cotangents cotangents, Gradients &gradients) {
  return flipGridTransform(*this, builder, cotangents[0], gradients);
}
