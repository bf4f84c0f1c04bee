// RUN: spherical-opt %s --split-input-file --verify-diagnostics --spherical-differentiate-loss | FileCheck %s

!p = tensor<3xf32>

// Batch norm takes the statistics of the batch, the loss and the gradients count the valid samples
// only, and Adam's updates are the last ops.
// CHECK-LABEL: func.func @forward(
//       CHECK:   nn.batch_norm %
// CHECK-LABEL: func.func @loss_and_gradients(
//  CHECK-SAME:   %[[X:[^:]*]]: tensor<2x3xf32> {spherical.name = "x", spherical.role = "input"}
//  CHECK-SAME:   %[[LABELS:[^:]*]]: tensor<2xi32> {spherical.name = "labels", spherical.role = "label"}
//  CHECK-SAME:   %[[COUNT:[^:]*]]: tensor<i64> {spherical.name = "count", spherical.role = "count"}
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<3xf32> {spherical.name = "bn.weight"
//  CHECK-SAME:   -> (tensor<2x4xf32> {spherical.name = "logits"}, tensor<f32> {spherical.name = "loss"}, tensor<2x4xf32> {spherical.name = "grad.logits"}, tensor<2x3xf32> {spherical.name = "grad.x"}, tensor<3xf32> {spherical.name = "grad.bn.weight"},
//       CHECK:   %[[Y:.*]], %[[MEAN:.*]], %[[INV:.*]], %{{.*}}, %{{.*}} = nn.batch_norm_train %[[X]], %[[W]], %{{.*}}, %{{.*}}, %{{.*}}, %[[COUNT]]
//       CHECK:   %[[LOGITS:.*]] = nn.linear %[[Y]]
//       CHECK:   %[[LOSS:.*]] = nn.cross_entropy %[[LOGITS]], %[[LABELS]], %[[COUNT]]
//       CHECK:   %[[ONE:.*]] = arith.constant dense<1.0
//       CHECK:   %[[GL:.*]] = nn.cross_entropy_grad %[[ONE]], %[[LOGITS]], %[[LABELS]], %[[COUNT]]
//       CHECK:   %[[GY:.*]] = nn.linear_grad_input %[[GL]]
//       CHECK:   %[[GX:.*]], %[[GW:.*]], %{{.*}} = nn.batch_norm_grad %[[GY]], %[[X]], %[[W]], %[[MEAN]], %[[INV]] count(%[[COUNT]] : tensor<i64>) {training}
//       CHECK:   return %[[LOGITS]], %[[LOSS]], %[[GL]], %[[GX]], %[[GW]]
// CHECK-LABEL: func.func @train_step(
//  CHECK-SAME:   %[[RATE:[^:]*]]: tensor<f32> {spherical.name = "learning_rate", spherical.role = "learning_rate"}
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<3xf32> {spherical.name = "bn.weight"
//  CHECK-SAME:   %[[M:[^:]*]]: tensor<3xf32> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "adam.m.bn.weight", spherical.role = "moment"}
//  CHECK-SAME:   %[[V:[^:]*]]: tensor<3xf32> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "adam.v.bn.weight"
//  CHECK-SAME:   %[[STEP:[^:]*]]: tensor<i64> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "adam.step"
//  CHECK-SAME:   -> (tensor<f32> {spherical.name = "loss"}, tensor<2x4xf32> {spherical.name = "logits"}, tensor<3xf32> {spherical.name = "bn.weight", spherical.replaces = "bn.weight"}
//  CHECK-SAME:   spherical.replaces = "adam.step"}, tensor<3xf32> {spherical.name = "bn.running_mean", spherical.replaces = "bn.running_mean"}
//       CHECK:   %{{.*}}, %{{.*}}, %{{.*}}, %[[MEAN:.*]], %[[VAR:.*]] = nn.batch_norm_train
//       CHECK:   %{{.*}}, %[[GW:.*]], %{{.*}} = nn.batch_norm_grad
//       CHECK:   %[[NEXT:.*]] = nn.increment %[[STEP]]
//  CHECK-NEXT:   %[[W1:.*]], %[[M1:.*]], %[[V1:.*]] = nn.adam %[[W]], %[[GW]], %[[M]], %[[V]], %[[NEXT]], %[[RATE]]
//  CHECK-NEXT:   nn.adam
//  CHECK-NEXT:   nn.adam
//  CHECK-NEXT:   nn.adam
//  CHECK-NEXT:   return %{{.*}}, %{{.*}}, %[[W1]], {{.*}}, %[[M1]], %[[V1]], {{.*}}, %[[NEXT]], %[[MEAN]], %[[VAR]]
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %w: !p {spherical.role = "parameter", spherical.name = "bn.weight"},
    %b: !p {spherical.role = "parameter", spherical.name = "bn.bias"},
    %lw: tensor<4x3xf32> {spherical.role = "parameter", spherical.name = "fc.weight"},
    %lb: tensor<4xf32> {spherical.role = "parameter", spherical.name = "fc.bias"},
    %mean: !p {spherical.role = "state", spherical.name = "bn.running_mean"},
    %var: !p {spherical.role = "state", spherical.name = "bn.running_var"})
    -> (tensor<2x4xf32> {spherical.name = "logits"}) attributes {spherical.loss = "cross_entropy"} {
  %y = nn.batch_norm %x, %w, %b, %mean, %var : tensor<2x3xf32>, !p
  %l = nn.linear %y, %lw, %lb : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %l : tensor<2x4xf32>
}

// -----

// Boundary case: a parameter that nothing uses has a gradient of zeros, and a value with two uses
// the sum of both cotangents.
// CHECK-LABEL: func.func @loss_and_gradients(
//       CHECK:   %[[GS:.*]] = nn.cross_entropy_grad
//       CHECK:   %[[GR:.*]] = nn.relu_grad %[[GS]]
//       CHECK:   %[[GX:.*]] = nn.add %[[GS]], %[[GR]]
//       CHECK:   %[[GU:.*]] = spherical.zero : tensor<5xf32>
//       CHECK:   return %{{.*}}, %{{.*}}, %[[GS]], %[[GX]], %[[GU]]
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %u: tensor<5xf32> {spherical.role = "parameter", spherical.name = "unused"})
    -> (tensor<2x3xf32> {spherical.name = "logits"}) attributes {spherical.loss = "cross_entropy"} {
  %r = nn.relu %x : tensor<2x3xf32>
  %s = nn.add %x, %r : tensor<2x3xf32>
  return %s : tensor<2x3xf32>
}

// -----

// What the loss says of weights and labels goes to its op and to its gradient; labels have no channel.
// CHECK-LABEL: func.func @loss_and_gradients(
//  CHECK-SAME:   %{{[^:]*}}: tensor<2x8x8xi32> {spherical.name = "labels", spherical.role = "label"}
//       CHECK:   nn.cross_entropy %{{.*}} weights area ignore 255 class_weights [0.5, 1.0, 1.0]
//       CHECK:   nn.cross_entropy_grad %{{.*}} weights area ignore 255 class_weights [0.5, 1.0, 1.0]
// CHECK-LABEL: func.func @train_step(
func.func @forward(
    %x: tensor<2x3x8x8xf32> {spherical.role = "input", spherical.name = "x"})
    -> (tensor<2x3x8x8xf32> {spherical.name = "logits"})
    attributes {spherical.loss = #nn.loss<cross_entropy, weights = area, ignore = 255, class_weights = [0.5, 1.0, 1.0]>} {
  return %x : tensor<2x3x8x8xf32>
}

// -----

// A squared error has a target of the result's type. The norm of all gradients together scales each
// of them before Adam, whose constants are the optimizer's.
// CHECK-LABEL: func.func @loss_and_gradients(
// CHECK-LABEL: func.func @train_step(
//  CHECK-SAME:   %{{[^:]*}}: tensor<2x4xf32> {spherical.name = "target", spherical.role = "label"}
//       CHECK:   nn.mean_squared_error %
//       CHECK:   %[[S0:.*]] = nn.sum_squares %{{.*}} : tensor<4x3xf32> -> tensor<f64>
//       CHECK:   %[[S1:.*]] = nn.sum_squares %{{.*}} : tensor<4xf32> -> tensor<f64>
//       CHECK:   %[[S:.*]] = nn.add %[[S0]], %[[S1]] : tensor<f64>
//       CHECK:   %[[F:.*]] = nn.clip_factor %[[S]] max_norm 2.000000e+00 : tensor<f64>
//       CHECK:   nn.adam %{{.*}} scale(%[[F]] : tensor<f64>) {beta1 = 5.000000e-01 : f64, weight_decay = 1.000000e-02 : f64}
//       CHECK:   nn.adam %{{.*}} scale(%[[F]] : tensor<f64>) {beta1 = 5.000000e-01 : f64, weight_decay = 1.000000e-02 : f64}
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %w: tensor<4x3xf32> {spherical.role = "parameter", spherical.name = "w"},
    %b: tensor<4xf32> {spherical.role = "parameter", spherical.name = "b"})
    -> (tensor<2x4xf32> {spherical.name = "y"})
    attributes {spherical.loss = "mean_squared_error", spherical.optimizer = #nn.optimizer<beta1 = 0.5, weight_decay = 0.01, clip = 2.0>} {
  %y = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Gradient descent has one moment, if any; the average of a parameter starts as the parameter and
// follows its new value.
// CHECK-LABEL: func.func @train_step(
//  CHECK-SAME:   %[[RATE:[^:]*]]: tensor<f32> {spherical.name = "learning_rate"
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<3x3xf32> {spherical.init = #spherical.init<normal, 0.5>, spherical.name = "w"
//  CHECK-SAME:   %[[M:[^:]*]]: tensor<3x3xf32> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "sgd.m.w", spherical.role = "moment"}
//  CHECK-SAME:   %[[STEP:[^:]*]]: tensor<i64> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "sgd.step"
//  CHECK-SAME:   %[[A:[^:]*]]: tensor<3x3xf32> {spherical.init = #spherical.init<normal, 0.5>, spherical.name = "average.w", spherical.role = "average"}
//  CHECK-SAME:   spherical.replaces = "w"}, tensor<3x3xf32> {spherical.name = "sgd.m.w", spherical.replaces = "sgd.m.w"}, tensor<i64> {spherical.name = "sgd.step", spherical.replaces = "sgd.step"}, tensor<3x3xf32> {spherical.name = "average.w", spherical.replaces = "average.w"})
//       CHECK:   nn.huber %{{.*}} delta 5.000000e-01
//       CHECK:   %[[GW:.*]] = nn.linear_grad_weight
//       CHECK:   %[[T:.*]] = nn.increment %[[STEP]]
//       CHECK:   %[[W1:.*]], %[[M1:.*]] = nn.sgd_momentum %[[W]], %[[GW]], %[[M]], %[[RATE]] momentum 9.000000e-01 nesterov {weight_decay = 1.000000e-02 : f64}
//       CHECK:   %[[F:.*]] = nn.average_factor %[[T]] decay 7.500000e-01 : tensor<i64> -> tensor<f32>
//       CHECK:   %[[A1:.*]] = nn.moving_average %[[A]], %[[W1]], %[[F]]
//       CHECK:   return %{{.*}}, %{{.*}}, %[[W1]], %[[M1]], %[[T]], %[[A1]]
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %w: tensor<3x3xf32> {spherical.role = "parameter", spherical.name = "w", spherical.init = #spherical.init<normal, 0.5>},
    %b: tensor<3xf32> {spherical.role = "parameter", spherical.name = "b", spherical.frozen})
    -> (tensor<2x3xf32> {spherical.name = "y"})
    attributes {spherical.loss = #nn.loss<huber, delta = 0.5>, spherical.optimizer = #nn.optimizer<sgd, momentum = 0.9, nesterov = true, weight_decay = 0.01, average = 0.75>} {
  %y = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<3x3xf32>, tensor<3xf32> -> tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

// A batch norm of which all is frozen stays as in inference and keeps its statistics; what is before
// it is trained through it. One frozen parameter is not enough.
// CHECK-LABEL: func.func @train_step(
//   CHECK-NOT:   adam.m.frozen
//   CHECK-NOT:   spherical.replaces = "frozen
//       CHECK:   nn.batch_norm %
//       CHECK:   nn.batch_norm_train %
//       CHECK:   nn.batch_norm_grad %{{.*}} {training}
//       CHECK:   nn.batch_norm_grad
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %s: tensor<3xf32> {spherical.role = "parameter", spherical.name = "scale"},
    %w: tensor<3xf32> {spherical.role = "parameter", spherical.name = "frozen.weight", spherical.frozen},
    %b: tensor<3xf32> {spherical.role = "parameter", spherical.name = "frozen.bias", spherical.frozen},
    %mean: tensor<3xf32> {spherical.role = "state", spherical.name = "frozen.running_mean"},
    %var: tensor<3xf32> {spherical.role = "state", spherical.name = "frozen.running_var"},
    %mean2: tensor<3xf32> {spherical.role = "state", spherical.name = "running_mean"},
    %var2: tensor<3xf32> {spherical.role = "state", spherical.name = "running_var"})
    -> (tensor<2x3xf32> {spherical.name = "logits"}) attributes {spherical.loss = "cross_entropy"} {
  %0 = nn.batch_norm %x, %s, %b, %mean2, %var2 : tensor<2x3xf32>, tensor<3xf32>
  %1 = nn.batch_norm %0, %w, %b, %mean, %var : tensor<2x3xf32>, tensor<3xf32>
  %2 = nn.batch_norm %1, %s, %b, %mean2, %var2 : tensor<2x3xf32>, tensor<3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// Sums over batches: count times the gradient of each, and a step by the mean, which is what is
// clipped. The number of samples is the last that changes; after the step it is 0.
//   CHECK-NOT: func.func @train_step
// CHECK-LABEL: func.func @accumulate_step(
//  CHECK-SAME:   %[[COUNT:[^:]*]]: tensor<i64> {spherical.name = "count"
//  CHECK-SAME:   %[[S:[^:]*]]: tensor<4x3xf32> {spherical.init = #spherical.init<zeros{{[^>]*}}>, spherical.name = "grad_sum.w", spherical.role = "moment"}
//  CHECK-SAME:   %[[TOTAL:[^:]*]]: tensor<i64> {{{.*}}spherical.name = "grad_sum.count", spherical.role = "moment"}
//       CHECK:   %[[G:.*]] = nn.linear_grad_weight
//       CHECK:   %[[S1:.*]] = nn.accumulate %[[S]], %[[G]], %[[TOTAL]], %[[COUNT]]
//       CHECK:   %[[T1:.*]] = nn.increment %[[TOTAL]] by %[[COUNT]]
//       CHECK:   return %{{.*}}, %{{.*}}, %[[S1]], %{{.*}}, %[[T1]]
// CHECK-LABEL: func.func @update_step(
//  CHECK-SAME:   %[[RATE:[^:]*]]: tensor<f32>
//  CHECK-SAME:   %[[W:[^:]*]]: tensor<4x3xf32> {spherical.name = "w"
//       CHECK:   %[[MEAN:.*]] = nn.mean_scale %[[TOTAL:.*]] : tensor<i64> -> tensor<f64>
//       CHECK:   nn.sum_squares %[[S:.*]] : tensor<4x3xf32>
//       CHECK:   %[[F:.*]] = nn.clip_factor %{{.*}} scale %[[MEAN]] max_norm 2.000000e+00
//       CHECK:   nn.adam %[[W]], %[[S]], %{{.*}}, %[[RATE]] scale(%[[F]] : tensor<f64>)
//       CHECK:   %[[NONE:.*]] = spherical.zero : tensor<i64>
//       CHECK:   return {{.*}}, %[[NONE]] :
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %w: tensor<4x3xf32> {spherical.role = "parameter", spherical.name = "w"},
    %b: tensor<4xf32> {spherical.role = "parameter", spherical.name = "b"})
    -> (tensor<2x4xf32> {spherical.name = "logits"})
    attributes {spherical.loss = "cross_entropy", spherical.optimizer = #nn.optimizer<clip = 2.0, accumulate = 4>} {
  %y = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
  return %y : tensor<2x4xf32>
}

// -----

// Norms of each place and parameter, of the valid samples; nothing is updated.
// CHECK-LABEL: func.func @probe(
//  CHECK-SAME:   %[[COUNT:[^:]*]]: tensor<i64> {spherical.name = "count"
//  CHECK-SAME:   -> (tensor<f64> {spherical.name = "output.{{[^"]*}}:[[LINE:[0-9]+]]:8"}, tensor<f64> {spherical.name = "gradient.{{[^"]*}}:[[LINE]]:8"}, tensor<f64> {spherical.name = "output.{{[^"]*}}"}, tensor<f64> {spherical.name = "gradient.{{[^"]*}}"}, tensor<f64> {spherical.name = "values.w"}, tensor<f64> {spherical.name = "grad.w"}, tensor<f64> {spherical.name = "values.b"}, tensor<f64> {spherical.name = "grad.b"})
//       CHECK:   %[[Y:.*]] = nn.linear
//       CHECK:   %[[R:.*]] = nn.relu %[[Y]]
//       CHECK:   nn.sum_squares %[[Y]] count(%[[COUNT]] : tensor<i64>)
//       CHECK:   nn.sum_squares %[[R]] count(%[[COUNT]] : tensor<i64>)
func.func @forward(
    %x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"},
    %w: tensor<4x3xf32> {spherical.role = "parameter", spherical.name = "w"},
    %b: tensor<4xf32> {spherical.role = "parameter", spherical.name = "b", spherical.frozen})
    -> (tensor<2x4xf32> {spherical.name = "logits"})
    attributes {spherical.loss = "cross_entropy", spherical.probe} {
  %y = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
  %r = nn.relu %y : tensor<2x4xf32>
  return %r : tensor<2x4xf32>
}

// -----

// Near miss: weights that are still to be counted leave the loss open.
// CHECK-LABEL: func.func @forward(
//   CHECK-NOT:   func.func
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = #nn.loss<cross_entropy, class_weights = balanced>} {
  return %x : tensor<2x3xf32>
}

// -----

// Near miss: without a loss there is nothing to train.
// CHECK-LABEL: func.func @forward(
//   CHECK-NOT:   func.func
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32> {
  return %x : tensor<2x3xf32>
}

// -----

// expected-error @below {{expected `spherical.loss` to be "cross_entropy", "mean_squared_error", "mean_absolute_error", "huber" or a #nn.loss, got "hinge" (not supported)}}
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "hinge"} {
  return %x : tensor<2x3xf32>
}

// -----

// expected-error @below {{expected `spherical.optimizer` to be a #nn.optimizer, got "sgd"}}
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "cross_entropy", spherical.optimizer = "sgd"} {
  return %x : tensor<2x3xf32>
}

// -----

// expected-error @below {{expected `spherical.role` of argument 0 to be input, parameter or state to train the model, got 'prepared'}}
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "prepared", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "cross_entropy"} {
  return %x : tensor<2x3xf32>
}

// -----

// expected-error @below {{expected `spherical.name` on argument 0 to train the model, got none}}
func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "cross_entropy"} {
  return %x : tensor<2x3xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "cross_entropy"} {
  // expected-error @below {{'arith.negf' op has no gradient rule (not supported)}}
  %y = arith.negf %x : tensor<2x3xf32>
  return %y : tensor<2x3xf32>
}

// -----

func.func @forward(%x: tensor<2x3xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<2x3xf32>
    attributes {spherical.loss = "cross_entropy"} {
  return %x : tensor<2x3xf32>
}
// expected-error @below {{expected the name @train_step to be free for what derives from @forward, got another function}}
func.func @train_step() {
  return
}

// -----

// expected-error @below {{expected a body of one block to build its gradient}}
func.func private @forward(tensor<2x3xf32>) -> tensor<2x3xf32> attributes {spherical.loss = "cross_entropy"}

// -----

// expected-error @below {{expected one tensor as result for its loss, got}}
func.func @forward(%x: !spherical.s2<2x3, b = 4, f32> {spherical.role = "input", spherical.name = "x"}) -> !spherical.s2<2x3, b = 4, f32>
    attributes {spherical.loss = "cross_entropy"} {
  return %x : !spherical.s2<2x3, b = 4, f32>
}
