//===- passes.td - passes of the fuse phase --------------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_FUSE_PASSES_TD
#define SPHERICAL_PASSES_FUSE_PASSES_TD

include "mlir/Pass/PassBase.td"

def FuseBias : Pass<"spherical-fuse-bias", "::mlir::ModuleOp"> {
  let summary = "Add biases to the coefficient of degree 0";
  let description = [{
    A constant is the degree 0 of its function, D^0_00 = 1:
        add_bias(ift(Z), b) = ift(add_bias(Z, b))
        bias_grad(g)               = bias_grad(ift{adjoint}(g))
        bias_grad(ft{adjoint}(G))  = bias_grad(G)
    one number a channel in place of a pass over the grid. The second rule needs the spectrum of g
    to be computed for another reason.

    *Before*
    ```mlir
    %f = spherical.so3_ift %z : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    %y = spherical.add_bias %f, %b : so3<2x3, b = 4, f32>
    ```
    *After*
    ```mlir
    %zb = spherical.add_bias %z, %b : so3_spectrum<2x3, b = 4, f32>
    %y = spherical.so3_ift %zb : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    ```
    *Leaves*: biases of functions that are needed without the bias, too.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def FuseTransforms : Pass<"spherical-fuse-transforms", "::mlir::ModuleOp"> {
  let summary = "Remove an analysis of what was just synthesised";
  let description = [{
    On the grid of b the quadrature is exact for products of degrees below b (Driscoll and Healy
    1994, Kostelec and Rockmore 2008), so that analysis after synthesis returns the spectrum:
        ft(ift(X)) = the degrees of X below min(L, b, L'), then zeros up to L'
    and likewise for the adjoints in reverse order. Being linear, two syntheses that are added are
    one of the sum, ift(A) + ift(B) = ift(A + B).

    *Before*
    ```mlir
    %f = spherical.s2_ift %x : s2_spectrum<2x3, b = 6, f32> -> s2<2x3, b = 8, f32>
    %y = spherical.s2_ft %f : s2<2x3, b = 8, f32> -> s2_spectrum<2x3, b = 4, f32>
    ```
    *After*
    ```mlir
    %y = spherical.truncate %x : s2_spectrum<2x3, b = 6, f32> -> s2_spectrum<2x3, b = 4, f32>
    ```
    *Leaves*: pairs with a ReLU between, and `high = quadrature` beyond the grid's degrees, where
    analysis is not exact.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def FuseIntegrals : Pass<"spherical-fuse-integrals", "::mlir::ModuleOp"> {
  let summary = "Read integrals off the coefficient of degree 0";
  let description = [{
    The integral of a synthesised function is its coefficient of degree 0 (math.md, section 1):
        so3_integrate(so3_ift(Z)) = so3_integrate(Z) = Z^0_00
    so that the inverse transform disappears, and only degree 0 of Z is ever computed. The adjoint
    fills degree 0 alone.

    *Before*
    ```mlir
    %f = spherical.so3_ift %z : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    %y = spherical.so3_integrate %f : so3<2x3, b = 4, f32> -> tensor<2x3xf32>
    ```
    *After*
    ```mlir
    %z0 = spherical.truncate %z : so3_spectrum<2x3, b = 4, f32> -> so3_spectrum<2x3, b = 1, f32>
    %y = spherical.so3_integrate %z0 : so3_spectrum<2x3, b = 1, f32> -> tensor<2x3xf32>
    ```
    *Leaves*: integrals of functions that no inverse transform made, for example behind a ReLU.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def FuseProjections : Pass<"spherical-fuse-projections", "::mlir::ModuleOp"> {
  let summary = "Move projections from SO(3) to S2 into the kernel";
  let description = [{
    A sum over n of a product of spectra is a product with a column (math.md, section 2): with N the
    even n, or 0 for the mean over the orbits of SO(2),
        sum_{n in N} (X Y^H)_mn = sum_k X_mk c_k,    c_k = sum_{n in N} conj(Y_nk)
    so that the other columns of the product and all of its gradient's are never computed, and the
    kernel's transform makes c alone. The convolution with a kernel averaged over SO(2) is what the
    mean of a convolution becomes.

    *Before*
    ```mlir
    %y = spherical.kernel_ft %k ... : so3_spectrum<4x5, b = 6, f32>
    %z = spherical.spectral_matmul %x, %y : so3_spectrum<2x5, b = 6, f32>
    %h = spherical.sum_n %z : so3_spectrum<2x5, b = 6, f32> -> s2_spectrum<2x5, b = 6, f32>
    ```
    *After*
    ```mlir
    %c = spherical.kernel_ft %k ... projection sum_n : s2_spectrum<4x5, b = 6, f32>
    %h = spherical.thin_matmul %x, %c : s2_spectrum<2x5, b = 6, f32>
    ```
    *Leaves*: projections of products that something else reads, sums over odd n, and means of
    functions that no inverse transform made.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def FuseTruncations : Pass<"spherical-fuse-truncations", "::mlir::ModuleOp"> {
  let summary = "Never compute degrees that are dropped or zero";
  let description = [{
    Truncation moves up into the op that makes the degrees, padding moves down past the ops that
    keep zeros:
        truncate(ft(x)) = ft(x) with fewer degrees, also kernel_ft, ift{adjoint}, spectral_matmul,
        add, add_bias and so3_integrate{adjoint} (kernel_ft on S2 corrects its factor 2L)
        ift(pad(X)) = ift(X), also for ft{adjoint}, kernel_ft{adjoint}, bias_grad, so3_integrate
        matmul(pad(X), Y) = pad(matmul(X, truncate(Y)))
        ft with high = zero = pad(ft), and high = truncated is quadrature or, of its adjoint, zero
        ift(X) with degrees that the grid cannot hold = ift(truncate(X))
    Two analyses of one function are one, truncated for the use that needs fewer degrees, and
    @prepare hands over only the degrees of a kernel that @forward reads.
    Afterwards no transform has degrees from its grid's band-limit on, but with `high = quadrature`.

    *Before*
    ```mlir
    %x = spherical.so3_ft %f : so3<2x3, b = 8, f32> -> so3_spectrum<2x3, b = 8, f32>
    %y = spherical.truncate %x : so3_spectrum<2x3, b = 8, f32> -> so3_spectrum<2x3, b = 4, f32>
    ```
    *After*
    ```mlir
    %y = spherical.so3_ft %f : so3<2x3, b = 8, f32> -> so3_spectrum<2x3, b = 4, f32>
    ```
    *Leaves*: truncations of spectra whose other uses need all degrees, and of arguments.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def FormBoundaries : Pass<"spherical-form-boundaries", "::mlir::ModuleOp"> {
  let summary = "Put pointwise ops and the transforms around them together";
  let description = [{
        ft(relu(ift(Z)))                            = boundary(Z) {max(v, 0)}
        ift{adjoint}(relu_grad(ft{adjoint}(G), y))  = boundary{adjoint}(G) with y {y > 0 ? v : 0}
    Either transform may be missing. Where gradients ask of the values behind a ReLU only whether
    they are positive, its boundary gives them a mask of bits.

    *Before*
    ```mlir
    %f = spherical.so3_ift %z : so3_spectrum<2x3, b = 4, f32> -> so3<2x3, b = 4, f32>
    %y = nn.relu %f : so3<2x3, b = 4, f32>
    %x = spherical.so3_ft %y : so3<2x3, b = 4, f32> -> so3_spectrum<2x3, b = 3, f32>
    ```
    *After*
    ```mlir
    %x = spherical.boundary %z grid 4
        : so3_spectrum<2x3, b = 4, f32> -> so3_spectrum<2x3, b = 3, f32> {
    ^bb0(%v: f32):
      %zero = arith.constant 0.0 : f32
      %w = arith.maximumf %v, %zero : f32
      spherical.yield %w : f32
    }
    ```
    *Leaves*: pointwise ops on a function that other ops use as well, and such as have no transform
    before or behind them.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::math::MathDialect",
                           "::mlir::nn::NNDialect", "::mlir::spherical::SphericalDialect"];
}

def FormEpilogues : Pass<"spherical-form-epilogues", "::mlir::ModuleOp"> {
  let summary = "Apply activations and sums inside the layers before them";
  let description = [{
        relu(add(conv2d(x, w), r)) = conv2d(x, w) epilogue(%v, %e = r) { max(v + e, 0) }
    and likewise for every op that acts value by value (interface `Pointwise`) behind a layer that
    takes epilogues (`Epilogued`): one pass over the values, while they are in the cache. The layer
    is the one that makes the last operand; it stays where it is.

    *Before*
    ```mlir
    %c = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x6x5xf32>, tensor<4x3x1x1xf32> -> tensor<2x4x6x5xf32>
    %s = nn.add %c, %r : tensor<2x4x6x5xf32>
    %y = nn.relu %s : tensor<2x4x6x5xf32>
    ```
    *After*
    ```mlir
    %y = nn.conv2d %x, %w stride [1, 1] : tensor<2x3x6x5xf32>, tensor<4x3x1x1xf32> -> tensor<2x4x6x5xf32>
        epilogue(%value, %extra = %r) {
      %zero = arith.constant 0.0 : f32
      %sum = arith.addf %value, %extra : f32
      %max = arith.maximumf %sum, %zero : f32
      nn.yield %max : f32
    }
    ```
    *Leaves*: ops behind a value that something else uses, too, or whose last operand another op
    makes.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::nn::NNDialect", "::mlir::arith::ArithDialect",
                           "::mlir::math::MathDialect"];
}

def ShareAdamFactors : Pass<"spherical-share-adam-factors", "::mlir::ModuleOp"> {
  let summary = "Compute the bias corrections of Adam once a step";
  let description = [{
    The corrections 1 / (1 - beta^t), powers in f64, are the same for all parameters:
        adam(p, g, m, v, t, rate) = adam_update(p, g, m, v, adam_factors(t, rate))
    with one `adam_factors` for all updates of equal step, rate, scale, constants and element. The
    first of them comes behind all that its factors need, so that these stand before it.

    *Before*
    ```mlir
    %p1, %m1, %v1 = nn.adam %p, %g, %m, %v, %t, %lr : tensor<4x5xf32>, tensor<i64>, tensor<f32>
    %q1, %n1, %w1 = nn.adam %q, %h, %n, %w, %t, %lr : tensor<3xf32>, tensor<i64>, tensor<f32>
    ```
    *After*
    ```mlir
    %f = nn.adam_factors %t, %lr : tensor<i64>, tensor<f32> -> tensor<4xf32>
    %p1, %m1, %v1 = nn.adam_update %p, %g, %m, %v, %f : tensor<4x5xf32>, tensor<4xf32>
    %q1, %n1, %w1 = nn.adam_update %q, %h, %n, %w, %f : tensor<3xf32>, tensor<4xf32>
    ```
    *Leaves*: no `nn.adam`; everything else.
    *Fails*: never.
  }];
  let dependentDialects = ["::mlir::nn::NNDialect"];
}

#endif // SPHERICAL_PASSES_FUSE_PASSES_TD
