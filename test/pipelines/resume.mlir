// RUN: rm -rf %t && mkdir %t
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=schedule --cpu x86-64-v4 --dump-dir %t/dump -o %t/whole.mlir
// RUN: spherical compile %t/dump/003-spherical-differentiate-loss.mlir --compile-to=schedule --cpu x86-64-v4 -o %t/resumed.mlir
// RUN: cmp %t/whole.mlir %t/resumed.mlir
// RUN: spherical compile %t/dump/007-spherical-fuse-bias.mlir --compile-to=schedule --cpu x86-64-v4 -o %t/resumed.mlir
// RUN: cmp %t/whole.mlir %t/resumed.mlir
// RUN: spherical compile %t/dump/012-spherical-assign-layouts.mlir --compile-to=schedule --cpu x86-64-v4 -o %t/resumed.mlir
// RUN: cmp %t/whole.mlir %t/resumed.mlir
// RUN: FileCheck %s < %t/whole.mlir

// Every dump resumes where it stands, also in the middle of a phase, and ends in the same program
// with the lines of the same model file.
// CHECK: nn.linear_grad_weight {{.*}} loc(#[[LOC:.*]])
// CHECK: {{^}}#[[LOC]] = loc({{.*}}Inputs/classifier.mlir"
