// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=graph --no-locations | FileCheck %s
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=graph | spherical compile - --compile-to=graph --no-locations | FileCheck %s

// One op a layer, as written.
// CHECK: module @classifier attributes {{.*}}spherical.phase = "graph"
// CHECK: func.func @forward
// CHECK: spherical.s2_conv
// CHECK: spherical.add_bias
// CHECK: nn.relu
// CHECK: spherical.so3_conv
// CHECK: spherical.so3_integrate
// CHECK-NOT: func.func
