// RUN: spherical-opt %s --spherical-bound-arguments | FileCheck %s

// Labels of three classes, of as many samples as are counted; the count is that of the batch.
// CHECK-LABEL: func @loss
//  CHECK-SAME:   %{{.*}}: tensor<2x3xf32>,
//  CHECK-SAME:   %{{.*}}: tensor<2xi32> {stage.integers = #stage.integers<"labels" from 0 to 2 counted by "arg2">, stage.missing},
//  CHECK-SAME:   %{{.*}}: tensor<i64> {stage.integers = #stage.integers<"a count" from 1 to 2>})
func.func @loss(%z: tensor<2x3xf32>, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<f32> {
  %y = nn.cross_entropy %z, %l, %n : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// Of two losses, what both take: 255 is ignored by one of them only, and one reads all samples.
// CHECK-LABEL: func @both
//  CHECK-SAME:   %{{.*}}: tensor<2xi32> {spherical.name = "labels", stage.integers = #stage.integers<"labels" from 0 to 2>, stage.missing}
func.func @both(%z: tensor<2x3xf32>, %w: tensor<2x5xf32>, %l: tensor<2xi32> {spherical.name = "labels"},
                %n: tensor<i64>, %m: tensor<i64>) -> (tensor<f32>, tensor<f32>) {
  %y = nn.cross_entropy %z, %l, %n : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  %x = nn.cross_entropy %w, %l, %m ignore 255 : tensor<2x5xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %y, %x : tensor<f32>, tensor<f32>
}

// A label to ignore; a result that nobody needs changes nothing.
// CHECK-LABEL: func @unused
//  CHECK-SAME:   %{{.*}}: tensor<2x4x4xi32> {stage.integers = #stage.integers<"labels" from 0 to 2 or 255 counted by "count">, stage.missing}
func.func @unused(%z: tensor<2x3x4x4xf32>, %l: tensor<2x4x4xi32>, %n: tensor<i64> {spherical.name = "count"}) {
  %y = nn.cross_entropy %z, %l, %n ignore 255 : tensor<2x3x4x4xf32>, tensor<2x4x4xi32>, tensor<i64> -> tensor<f32>
  return
}

// Values may be missing from a target, not from what is compared with it: @mixed has one as the other.
// CHECK-LABEL: func @targets
//  CHECK-SAME:   %{{[^:]*}}: tensor<2x3xf32>,
//  CHECK-SAME:   %{{[^:]*}}: tensor<2x3xf32> {stage.missing},
//  CHECK-SAME:   %{{[^:]*}}: tensor<i64> {stage.integers = #stage.integers<"a count" from 1 to 2>})
func.func @targets(%y: tensor<2x3xf32>, %t: tensor<2x3xf32>, %n: tensor<i64>) -> (tensor<f32>, tensor<f32>) {
  %a = nn.mean_squared_error %y, %t, %n : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
  %b = nn.mean_absolute_error %y, %t, %n : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
  return %a, %b : tensor<f32>, tensor<f32>
}

// CHECK-LABEL: func @mixed
//   CHECK-NOT:   stage.missing
func.func @mixed(%y: tensor<2x3xf32>, %t: tensor<2x3xf32>, %n: tensor<i64>) -> (tensor<f32>, tensor<f32>) {
  %a = nn.mean_squared_error %y, %t, %n : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
  %b = nn.mean_absolute_error %t, %y, %n : tensor<2x3xf32>, tensor<i64> -> tensor<f32>
  return %a, %b : tensor<f32>, tensor<f32>
}

// Adam counts steps from 1 on: what comes before the increment is at least 0.
// CHECK-LABEL: func @step
//  CHECK-SAME:   %{{.*}}: tensor<i64> {stage.integers = #stage.integers<"a step" from 0 to 9223372036854775807>}
func.func @step(%p: tensor<3xf32>, %t: tensor<i64>, %r: tensor<f32>) -> tensor<3xf32> {
  %u = nn.increment %t : tensor<i64>
  %a, %b, %c = nn.adam %p, %p, %p, %p, %u, %r : tensor<3xf32>, tensor<i64>, tensor<f32>
  return %a : tensor<3xf32>
}

// So do the factors of a step.
// CHECK-LABEL: func @factors
//  CHECK-SAME:   %{{.*}}: tensor<i64> {stage.integers = #stage.integers<"a step" from 1 to 9223372036854775807>}
func.func @factors(%t: tensor<i64>, %r: tensor<f32>) -> tensor<4xf32> {
  %f = nn.adam_factors %t, %r : tensor<i64>, tensor<f32> -> tensor<4xf32>
  return %f : tensor<4xf32>
}

// Any integer will do.
// CHECK-LABEL: func @free
//   CHECK-NOT:   stage.integers
func.func @free(%t: tensor<i64>) -> tensor<i64> {
  %u = nn.increment %t : tensor<i64>
  return %u : tensor<i64>
}
