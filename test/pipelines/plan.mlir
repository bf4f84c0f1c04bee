// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=plan --cpu x86-64-v4 --no-locations | FileCheck %s --implicit-check-not="tensor<" --implicit-check-not="!spherical." --implicit-check-not=" nn."
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=schedule --cpu x86-64-v4 | spherical compile - --compile-to=plan --cpu x86-64-v4 --no-locations | FileCheck %s

// No tensor and no function on the sphere is left: stages on views of one arena.
// CHECK: spherical.phase = "plan"
// CHECK: stage.table @
// CHECK-LABEL: func.func @forward(
// CHECK-SAME: memref<{{[0-9]+}}xi8>
// CHECK-SAME: memref<4x1x12x12xf32> {spherical.name = "x", spherical.role = "input"
// CHECK: memref.view
// CHECK: stage.sweep
// CHECK: stage.dft
// CHECK: stage.contract
// CHECK-LABEL: func.func @loss_and_gradients(
// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: spherical.replaces = "head.bn0.running_var"
// CHECK-LABEL: func.func @prepare(
