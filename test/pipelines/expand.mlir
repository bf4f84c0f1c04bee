// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=expand --no-locations | FileCheck %s --implicit-check-not=_conv --implicit-check-not=resample
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=expand | spherical compile - --compile-to=expand --no-locations | FileCheck %s --implicit-check-not=_conv

// Convolutions are transforms and products; nothing else changed.
// CHECK: module @classifier attributes {{.*}}spherical.phase = "expand"
// CHECK: func.func @forward
// CHECK: spherical.s2_ft
// CHECK: spherical.kernel_ft
// CHECK: spherical.spectral_matmul
// CHECK: spherical.so3_ift
// CHECK: spherical.add_bias %{{.*}} : !spherical.so3<
// CHECK: nn.relu
// CHECK: spherical.so3_ft
// CHECK: nn.batch_norm %
// CHECK-NOT: func.func
