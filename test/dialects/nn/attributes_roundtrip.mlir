// RUN: spherical-opt %s | spherical-opt | FileCheck %s

// Defaults of a loss are not printed, those of an optimizer are.
// CHECK-LABEL: func private @losses
//  CHECK-SAME:   a0 = #nn.loss<cross_entropy>,
//  CHECK-SAME:   a1 = #nn.loss<cross_entropy, weights = area, ignore = -1, class_weights = [0.5, 1.0]>,
//  CHECK-SAME:   a2 = #nn.loss<mean_squared_error, weights = area>,
//  CHECK-SAME:   a3 = #nn.optimizer<beta1 = 0.9, beta2 = 0.999, eps = 1.0e-08, weight_decay = 0.01, clip = 1.0>
//  CHECK-SAME:   a4 = #nn<measure area>,
//  CHECK-SAME:   a5 = #nn.loss<mean_absolute_error>,
//  CHECK-SAME:   a6 = #nn.loss<cross_entropy, class_weights = balanced, label_smoothing = 0.1>,
//  CHECK-SAME:   a7 = #nn.loss<huber, delta = 1.0>,
//  CHECK-SAME:   a8 = #nn.optimizer<sgd, momentum = 0.0, weight_decay = 0.0, clip = 0.0>,
//  CHECK-SAME:   a9 = #nn.optimizer<sgd, momentum = 0.9, nesterov = true, weight_decay = 0.0, clip = 0.0, accumulate = 4, average = 0.99>
func.func private @losses() attributes {
  a0 = #nn.loss<cross_entropy, weights = grid>,
  a1 = #nn.loss<cross_entropy, class_weights = [0.5, 1], ignore = -1, weights = area>,
  a2 = #nn.loss<mean_squared_error, weights = area>,
  a3 = #nn.optimizer<clip = 1, weight_decay = 0.01>,
  a4 = #nn<measure area>,
  a5 = #nn.loss<mean_absolute_error, weights = grid>,
  a6 = #nn.loss<cross_entropy, label_smoothing = 0.1, class_weights = balanced>,
  a7 = #nn.loss<huber>,
  a8 = #nn.optimizer<sgd>,
  a9 = #nn.optimizer<sgd, average = 0.99, nesterov = true, momentum = 0.9, accumulate = 4>
}
