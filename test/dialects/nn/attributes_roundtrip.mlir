// RUN: spherical-opt %s | spherical-opt | FileCheck %s

// Defaults of a loss are not printed, those of an optimizer are.
// CHECK-LABEL: func private @losses
//  CHECK-SAME:   a0 = #nn.loss<cross_entropy>,
//  CHECK-SAME:   a1 = #nn.loss<cross_entropy, weights = area, ignore = -1, class_weights = [0.5, 1.0]>,
//  CHECK-SAME:   a2 = #nn.loss<mean_squared_error, weights = area>,
//  CHECK-SAME:   a3 = #nn.optimizer<beta1 = 0.9, beta2 = 0.999, eps = 1.0e-08, weight_decay = 0.01, clip = 1.0>
//  CHECK-SAME:   a4 = #nn<measure area>,
//  CHECK-SAME:   a5 = #nn.loss<mean_absolute_error>
func.func private @losses() attributes {
  a0 = #nn.loss<cross_entropy, weights = grid>,
  a1 = #nn.loss<cross_entropy, class_weights = [0.5, 1], ignore = -1, weights = area>,
  a2 = #nn.loss<mean_squared_error, weights = area>,
  a3 = #nn.optimizer<clip = 1, weight_decay = 0.01>,
  a4 = #nn<measure area>,
  a5 = #nn.loss<mean_absolute_error, weights = grid>
}
