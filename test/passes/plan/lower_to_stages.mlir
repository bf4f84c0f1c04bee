// RUN: spherical-opt %s --split-input-file --spherical-assign-layouts --spherical-choose-algorithms --spherical-lower-to-stages | FileCheck %s

// The chain of SO(3) analysis: gamma, then for each n alpha and the Wigner product, then the
// real basis. Half-transformed values are scratch; one table of Wigner functions serves both signs.
// CHECK-DAG: stage.table @{{.*}} : memref<4x6xf32> = #stage.table<"so3_wigner", {b = 3, degrees = 2, factor = 0, orders = 2, symmetric = 1}>
// CHECK-LABEL: func @analysis
//  CHECK-SAME:   (%{{.*}}: memref<4x2x6x6x6xf32> {spherical.name = "arg0", stage.batched}, %[[OUT:.*]]: memref<4x2x10x2xf32> {spherical.name = "result0", stage.batched, stage.result})
//       CHECK:   stage.sweep "so3_ft" (%[[G:.*]], %[[C:.*]]) in [1, 2] {{.*}}scratch (%[[HALF:.*]]: memref<2x36x2x4xf32>, %[[QUAD:.*]]: memref<5x4x4xf32>, %[[BINS:.*]]: memref<2x6x4x4xf32>)
//       CHECK:     stage.dft {{ ?}}real_analysis %{{.*}} -> %[[HALF]]
//       CHECK:     scf.for
//       CHECK:       stage.dft {{ ?}}complex_analysis %{{.*}} -> %[[BINS]]
//       CHECK:       stage.contract {{ ?}}scalar %{{.*}}, %[[BINS]], %{{.*}} -> %[[QUAD]]
//       CHECK:     stage.gather {{ ?}}lanes %[[QUAD]]
//       CHECK:   stage.sweep "from_lanes"
//       CHECK:     stage.gather {{ ?}}from_lanes
func.func @analysis(%x: !spherical.so3<4x2, b = 3, f32>) -> !spherical.so3_spectrum<4x2, b = 2, f32> {
  %f = spherical.so3_ft %x : !spherical.so3<4x2, b = 3, f32> -> !spherical.so3_spectrum<4x2, b = 2, f32>
  return %f : !spherical.so3_spectrum<4x2, b = 2, f32>
}

// -----

// The operand of a pointwise op that dies hands on its buffer; a mask is read by the transform.
// CHECK-LABEL: func @in_place
//       CHECK:   %[[X:.*]] = memref.alloc
//       CHECK:   stage.sweep "relu"
//       CHECK:   stage.map {{.*}} ins(%[[V:.*]] : {{.*}}) outs(%[[V]] :
//   CHECK-NOT:   memref.alloc
func.func @in_place(%x: !spherical.s2<4x2, b = 3, f32>) -> !spherical.s2<4x2, b = 3, f32> {
  %y = nn.relu %x : !spherical.s2<4x2, b = 3, f32>
  return %y : !spherical.s2<4x2, b = 3, f32>
}

// -----

// p' may be the memory of p: it is written by the op itself where nobody reads p later, ...
// CHECK-LABEL: func @replaces
//       CHECK:   stage.sweep "increment"
//   CHECK-NOT:   stage.sweep "copy"
//       CHECK:   return
func.func @replaces(%t: tensor<i64> {spherical.name = "t", spherical.role = "moment"})
    -> (tensor<i64> {spherical.name = "t", spherical.replaces = "t"}) {
  %n = nn.increment %t : tensor<i64>
  return %n : tensor<i64>
}

// -----

// ... and at the end where somebody does.
// CHECK-LABEL: func @still_read
//  CHECK-SAME:   (%[[P:.*]]: memref<3xf32> {{{.*}}}, %[[NEW:.*]]: memref<3xf32> {{.*}}, %[[SUM:.*]]: memref<3xf32>
//       CHECK:   %[[OWN:.*]] = memref.alloc() : memref<3xf32>
//       CHECK:   stage.sweep "relu"
//       CHECK:   stage.sweep "add"
//       CHECK:   outs(%[[SUM]] :
//       CHECK:   stage.sweep "copy"
//       CHECK:   stage.gather {{ ?}}scalar %[[OWN]] -> %[[NEW]]
func.func @still_read(%p: tensor<3xf32> {spherical.name = "p", spherical.role = "state"})
    -> (tensor<3xf32> {spherical.name = "p", spherical.replaces = "p"}, tensor<3xf32> {spherical.name = "s"}) {
  %n = nn.relu %p : tensor<3xf32>
  %s = nn.add %p, %n : tensor<3xf32>
  return %n, %s : tensor<3xf32>, tensor<3xf32>
}

// -----

// The reference target computes in fp64, tables included.
module attributes {spherical.target = "reference"} {
  // CHECK: stage.table @{{.*}} : memref<4xf64> = #stage.table<"integral_weights", {b = 2}>
  // CHECK-LABEL: func @reference
  //  CHECK-SAME:   memref<2x1x4x4x4xf64>
  //   CHECK-NOT:   f32
  func.func @reference(%x: !spherical.so3<2x1, b = 2, f32>) -> tensor<2x1xf32> {
    %y = spherical.so3_integrate %x : !spherical.so3<2x1, b = 2, f32> -> tensor<2x1xf32>
    return %y : tensor<2x1xf32>
  }
}

// -----

// Each result may lie in the memory of the argument it replaces: what the other still needs of it is
// saved before either is written.
// CHECK-LABEL: func @results_trade_places
//  CHECK-SAME:   (%[[A:[a-z0-9]+]]: memref<4xf32>
//  CHECK-SAME:   %[[B:[a-z0-9]+]]: memref<4xf32>
//  CHECK-SAME:   %[[NEWA:[a-z0-9]+]]: memref<4xf32>
//  CHECK-SAME:   %[[NEWB:[a-z0-9]+]]: memref<4xf32>
//       CHECK:   %[[SAVEDB:.*]] = memref.alloc() : memref<4xf32>
//       CHECK:   stage.gather scalar %[[B]] -> %[[SAVEDB]]
//       CHECK:   %[[SAVEDA:.*]] = memref.alloc() : memref<4xf32>
//       CHECK:   stage.gather scalar %[[A]] -> %[[SAVEDA]]
//       CHECK:   stage.gather scalar %[[SAVEDB]] -> %[[NEWA]]
//       CHECK:   stage.gather scalar %[[SAVEDA]] -> %[[NEWB]]
module attributes {spherical.target = "cpu"} {
  func.func @results_trade_places(%a: tensor<4xf32> {spherical.name = "a", spherical.role = "state"}, %b: tensor<4xf32> {spherical.name = "b", spherical.role = "state"}) -> (tensor<4xf32> {spherical.name = "a", spherical.replaces = "a"}, tensor<4xf32> {spherical.name = "b", spherical.replaces = "b"}) {
    return %b, %a : tensor<4xf32>, tensor<4xf32>
  }
}

// -----

// A map reads all samples that the type has, so that an input of fewer would end too early: it is
// no batch.
// CHECK-LABEL: func @reads_all_samples
//   CHECK-NOT:   stage.batched
//       CHECK:   stage.map
func.func @reads_all_samples(%x: tensor<4x3x2x2xf32> {spherical.role = "input", spherical.name = "x"}) -> tensor<4x3x2x2xf32> {
  %y = nn.leaky_relu %x slope 0.1 : tensor<4x3x2x2xf32>
  return %y : tensor<4x3x2x2xf32>
}

// -----

// What arguments must hold is checked by whoever runs the plan.
// CHECK-LABEL: func @constraints
//  CHECK-SAME:   memref<2xi32> {spherical.name = "arg1", stage.batched, stage.integers = #stage.integers<"labels" from 0 to 2 counted by "arg2">, stage.missing}
//  CHECK-SAME:   memref<i64> {spherical.name = "arg2", stage.integers = #stage.integers<"a count" from 1 to 2>}
func.func @constraints(%z: tensor<2x3xf32>, %l: tensor<2xi32>, %n: tensor<i64>) -> tensor<f32> {
  %y = nn.cross_entropy %z, %l, %n : tensor<2x3xf32>, tensor<2xi32>, tensor<i64> -> tensor<f32>
  return %y : tensor<f32>
}

// -----

// Of a cotangent the Hermitian part is taken.
// CHECK-LABEL: func @spectra
//  CHECK-SAME:   memref<1x1x4x2xf32> {spherical.name = "x", stage.batched, stage.spectrum = #stage.spectrum<on_so3 = false, degrees = 2>}
//  CHECK-SAME:   memref<1x1x4x2xf32> {spherical.name = "cot.y", stage.batched}
!h = !spherical.s2_spectrum<1x1, b = 2, f32>
func.func @spectra(%x: !h {spherical.name = "x"}, %g: !h {spherical.name = "cot.y"}) -> !h {
  %y = nn.add %x, %g : !h
  return %y : !h
}
