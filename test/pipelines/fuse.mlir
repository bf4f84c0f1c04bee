// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=fuse --no-locations | FileCheck %s --implicit-check-not="nn.relu" --implicit-check-not="add_bias %{{.*}} : !spherical.so3<" --implicit-check-not="nn.adam"
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=differentiate | spherical compile - --compile-to=fuse --no-locations | FileCheck %s --implicit-check-not="nn.relu"

// Biases are on spectra, ReLUs and masks inside boundaries. All updates have the factors of one step.
// CHECK: module @classifier attributes {{.*}}spherical.phase = "fuse"
// CHECK-LABEL: func.func @forward
// CHECK: spherical.add_bias %{{.*}} : !spherical.so3_spectrum<4x3, b = 5, f32>
// CHECK: spherical.boundary %{{.*}} grid
// CHECK: arith.maximumf
// CHECK-LABEL: func.func @loss_and_gradients
// CHECK: %{{.*}}, %[[BITS:.*]] = spherical.boundary %{{.*}} grid
// CHECK: spherical.boundary %{{.*}} with(%[[BITS]] : !spherical.so3<4x3, b = 5, i1>) grid 5 {adjoint}
// CHECK: spherical.bias_grad %{{.*}} : !spherical.so3_spectrum<
// CHECK-LABEL: func.func @train_step
// CHECK: nn.adam_factors
// CHECK-COUNT-8: nn.adam_update
// CHECK-NEXT: return
// CHECK-LABEL: func.func @prepare
