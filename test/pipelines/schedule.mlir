// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=schedule --cpu x86-64-v4 --no-locations | FileCheck %s
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=fuse | spherical compile - --compile-to=schedule --cpu x86-64-v4 --no-locations | FileCheck %s

// Every transform has a layout with the batch in the lanes, an algorithm and a reason.
// CHECK: spherical.phase = "schedule"
// CHECK-LABEL: func.func @forward
// CHECK: spherical.convert_layout
// CHECK: spherical.boundary %{{.*}} grid 5 {spherical.choice = #spherical.choice<algorithm = "{{.+}}"{{.*}}reason = "{{.+}}">} : !spherical.so3_spectrum<4x3, b = 5, f32, #{{.*}}> -> !spherical.so3_spectrum<4x3, b = 3, f32, #
// CHECK-LABEL: func.func @loss_and_gradients
// CHECK-LABEL: func.func @train_step
