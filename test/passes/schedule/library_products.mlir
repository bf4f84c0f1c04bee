// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90" | FileCheck %s
// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts=cpu=sm_90 --spherical-choose-algorithms="cpu=sm_90 choose=*:algorithm=dense" | FileCheck %s --check-prefix=GENERATED

// A large layer is a call: one block of a generated kernel makes all of it. A small one is not worth a stage more.
// CHECK-LABEL: func @layers
//       CHECK:   nn.linear {{.*}}algorithm = "cublas", {{.*}}reason = "a call of cuBLAS, the fastest of 2;
//       CHECK:   nn.linear {{.*}}algorithm = "dense"
// GENERATED-NOT: cublas
func.func @layers(%x: tensor<32x4096xf32>, %w: tensor<512x4096xf32>, %b: tensor<512xf32>, %v: tensor<10x512xf32>, %c: tensor<10xf32>) -> tensor<32x10xf32> {
  %h = nn.linear %x, %w, %b : tensor<32x4096xf32>, tensor<512x4096xf32>, tensor<512xf32> -> tensor<32x512xf32>
  %y = nn.linear %h, %v, %c : tensor<32x512xf32>, tensor<10x512xf32>, tensor<10xf32> -> tensor<32x10xf32>
  return %y : tensor<32x10xf32>
}

// -----

// Only in single precision.
// CHECK-LABEL: func @doubles
//       CHECK:   nn.linear {{.*}}algorithm = "dense"
func.func @doubles(%x: tensor<32x4096xf64>, %w: tensor<512x4096xf64>, %b: tensor<512xf64>) -> tensor<32x512xf64> {
  %y = nn.linear %x, %w, %b : tensor<32x4096xf64>, tensor<512x4096xf64>, tensor<512xf64> -> tensor<32x512xf64>
  return %y : tensor<32x512xf64>
}
