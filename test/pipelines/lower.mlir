// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=lower --cpu x86-64-v4 --no-locations | FileCheck %s --implicit-check-not=stage. --implicit-check-not=memref. --implicit-check-not=vector.fma
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=plan --cpu x86-64-v4 | spherical compile - --compile-to=lower --cpu x86-64-v4 --no-locations | FileCheck %s

// Only the LLVM dialect is left: an entry for each function, and its tasks.
// CHECK: spherical.phase = "lower"
// CHECK-DAG: llvm.func @sph_parallel(
// CHECK-DAG: llvm.func @sph_entry_forward(
// CHECK-DAG: llvm.func @sph_entry_loss_and_gradients(
// CHECK-DAG: llvm.func @sph_entry_train_step(
// CHECK-DAG: llvm.func @sph_entry_prepare(
