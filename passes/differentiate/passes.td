//===- passes.td - passes of the differentiate phase -----------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_DIFFERENTIATE_PASSES_TD
#define SPHERICAL_PASSES_DIFFERENTIATE_PASSES_TD

include "mlir/Pass/PassBase.td"

def DifferentiateLoss : Pass<"spherical-differentiate-loss", "::mlir::ModuleOp"> {
  let summary = "Build the entries of a training from @forward";
  let description = [{
    For a `@forward` with `spherical.loss`, "cross_entropy", "mean_squared_error",
    "mean_absolute_error", "huber" or a `#nn.loss`:
        @loss_and_gradients(x, labels, count, params, states)
            -> logits, loss, grad.logits, grad.x, grad.<param>...
        @train_step(x, labels, count, learning_rate, params, moments, averages, states)
            -> loss, logits, params', moments', averages', states'
    or, where `spherical.optimizer` says `accumulate`, in place of the latter
        @accumulate_step(x, labels, count, params, sums, total, states)
            -> loss, logits, sums', total', states'
        @update_step(learning_rate, params, moments, averages, sums, total)
            -> params', moments', averages', total'
    The labels of a mean error are named `target`. Batch statistics are used: `nn.batch_norm`
    becomes `nn.batch_norm_train`.

    The step is Adam's (Kingma and Ba 2015) or that of `spherical.optimizer`, with moments
    `adam.m.<param>`, `adam.v.<param>` or `sgd.m.<param>` and the number of steps done, `adam.step`
    or `sgd.step`. Averages are `average.<param>` and start as the parameter does.
    `grad_sum.<param>` is the sum of count times the gradients of mean losses, `grad_sum.count`
    that of counts: the step follows the mean over all of them, which is what is clipped. All
    updates stand at the end, so that a result may use the memory of the argument that it replaces
    (`spherical.replaces`).

    Parameters with `spherical.frozen` are no results of a step and have no moments, sums or
    averages. An `nn.batch_norm` whose weight and bias both are stays as in inference: it takes its
    running statistics, and keeps them. With `class_weights = balanced` that are still to be counted
    nothing is built. A `@forward` with `spherical.probe` gets
        @probe(x, labels, count, params, states)
            -> output.<place>, gradient.<place>..., values.<param>, grad.<param>...
    sums of squares, in f64, of the last value of each place in the model, of what is passed back to
    it, of each parameter and of its gradient.

    *Before*
    ```mlir
    func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
                       %w: tensor<4x3xf32> {spherical.role = "parameter", spherical.name = "w"})
        -> (tensor<2x4xf32> {spherical.name = "logits"})
        attributes {spherical.loss = "cross_entropy"}
    ```
    *After*
    ```mlir
    func.func @train_step(%x, %labels, %count, %learning_rate, %w, %m, %v, %step)
        -> (tensor<f32> {spherical.name = "loss"}, tensor<2x4xf32> {spherical.name = "logits"},
            tensor<4x3xf32> {spherical.name = "w", spherical.replaces = "w"}, ...)
    ```
    *Leaves*: `@forward` as it is.
    *Fails*: at an op with a gradient to pass on and no rule for it; at an argument of `@forward`
    without role or name; at another loss.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def DifferentiateFunctions : Pass<"spherical-differentiate-functions", "::mlir::ModuleOp"> {
  let summary = "Build @<name>_vjp for each function that asks for its gradient";
  let description = [{
    A function with the unit attribute `spherical.gradient` gets
        @<name>_vjp(args..., cot.<result>...) -> grad.<arg>...
    the gradient of the sum over all results of <cotangent, result>, for each argument that is not
    an integer. Arguments and results without `spherical.name` count as arg0, ..., result0, ...

    *Before*
    ```mlir
    func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> attributes {spherical.gradient}
    ```
    *After*
    ```mlir
    func.func @f_vjp(%x: tensor<4xf32>, %g: tensor<4xf32> {spherical.name = "cot.result0"})
        -> (tensor<4xf32> {spherical.name = "grad.arg0"})
    ```
    *Leaves*: the function, without the attribute.
    *Fails*: at an op with a gradient to pass on and no rule for it.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

def HoistPreparation : Pass<"spherical-hoist-preparation", "::mlir::ModuleOp"> {
  let summary = "Move what depends on parameters alone from @forward to @prepare";
  let description = [{
    Weights are bound once and used for many batches. What `@forward` computes from parameters alone
    moves to `@prepare`; `@forward` takes the results as arguments of role `prepared`.

    *Before*
    ```mlir
    func.func @forward(%x: ... {spherical.role = "input"}, %k: ... {spherical.role = "parameter"})
      %y = spherical.kernel_ft %k ...
    ```
    *After*
    ```mlir
    func.func @prepare(%k: ... {spherical.role = "parameter"})
        -> (... {spherical.name = "prepared.0"})
      %y = spherical.kernel_ft %k ...
    func.func @forward(%x: ..., %y: ... {spherical.name = "prepared.0", ...})
    ```
    *Leaves*: a `@forward` in which nothing depends on parameters alone.
    *Fails*: when another function `@prepare` exists already.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::spherical::SphericalDialect", "::mlir::nn::NNDialect"];
}

#endif // SPHERICAL_PASSES_DIFFERENTIATE_PASSES_TD
