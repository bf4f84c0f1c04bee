// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=fuse --no-locations | FileCheck %s --implicit-check-not="nn.relu" --implicit-check-not="add_bias %{{.*}} : !spherical.so3<"
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=differentiate | spherical compile - --compile-to=fuse --no-locations | FileCheck %s --implicit-check-not="nn.relu"

// Biases are on spectra, ReLUs and masks inside transforms.
// CHECK: module @classifier attributes {{.*}}spherical.phase = "fuse"
// CHECK-LABEL: func.func @forward
// CHECK: spherical.add_bias %{{.*}} : !spherical.so3_spectrum<4x3, b = 5, f32>
// CHECK: spherical.so3_ift %{{.*}} {relu}
// CHECK-LABEL: func.func @loss_and_gradients
// CHECK: spherical.so3_ift %{{.*}} {relu}
// CHECK: spherical.so3_ift %{{.*}} mask(%{{.*}}) {adjoint}
// CHECK: spherical.bias_grad %{{.*}} : !spherical.so3_spectrum<
// CHECK-LABEL: func.func @train_step
// CHECK-LABEL: func.func @prepare
