// RUN: spherical-opt %s --spherical-form-epilogues | FileCheck %s
// RUN: spherical-opt %s --spherical-form-epilogues --remark-format=emitRemark "--remarks-filter=spherical.*" 2>&1 >/dev/null | FileCheck %s --check-prefix=REMARK

!x = tensor<2x3x6x5xf32>
!w = tensor<4x3x1x1xf32>
!y = tensor<2x4x6x5xf32>

// The residual and the ReLU in one pass over the values, in the order of the ops.
// CHECK-LABEL: func.func @residual(
//  CHECK-SAME:   %[[R:[^:]*]]: tensor<2x4x6x5xf32>)
//  CHECK-NEXT:   %[[Y:.*]] = nn.conv2d {{.*}} epilogue(%[[V:[^,]*]], %[[E:[^ ]*]] = %[[R]]) {
//   CHECK-DAG:     %[[S:.*]] = arith.addf %[[V]], %[[E]] : f32
//   CHECK-DAG:     %[[Z:.*]] = arith.constant 0.000000e+00 : f32
//       CHECK:     %[[M:.*]] = arith.maximumf %[[S]], %[[Z]] : f32
//  CHECK-NEXT:     nn.yield %[[M]] : f32
//  CHECK-NEXT:   }
//  CHECK-NEXT:   return %[[Y]]
// REMARK: [Passed] FormEpilogues | Category:spherical-fuse | Function=residual | Remark="nn.add applied by nn.conv2d"
// REMARK: [Passed] FormEpilogues | Category:spherical-fuse | Function=residual | Remark="nn.relu applied by nn.conv2d"
func.func @residual(%x: !x, %w: !w, %r: !y) -> !y {
  %c = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %s = nn.add %c, %r : !y
  %y = nn.relu %s : !y
  return %y : !y
}

// Of two layers the last one takes the sum: the value of the other is there.
// CHECK-LABEL: func.func @two_layers(
//  CHECK-NEXT:   %[[A:.*]] = nn.conv2d %{{[^{]*$}}
//  CHECK-NEXT:   %[[B:.*]] = nn.conv2d {{.*}} epilogue(%[[V:[^,]*]], %[[E:[^ ]*]] = %[[A]]) {
//  CHECK-NEXT:     %[[S:.*]] = arith.subf %[[E]], %[[V]] : f32
//  CHECK-NEXT:     nn.yield %[[S]] : f32
//       CHECK:   return %[[B]]
func.func @two_layers(%x: !x, %w: !w, %u: !w) -> !y {
  %a = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %b = nn.conv2d %x, %u stride [1, 1] : !x, !w -> !y
  %y = nn.sub %a, %b : !y
  return %y : !y
}

// A value that is read twice is one extra; the mask of a gradient is one, too.
// CHECK-LABEL: func.func @mask(
//  CHECK-SAME:   %[[Y:[^:]*]]: tensor<2x3x6x5xf32>)
//  CHECK-NEXT:   nn.conv_transpose2d {{.*}} epilogue(%[[V:[^,]*]], %[[E:[^ ]*]] = %[[Y]]) {
//       CHECK:     %[[S:.*]] = arith.addf %[[V]], %[[E]] : f32
//       CHECK:     %[[P:.*]] = arith.cmpf ogt, %[[E]], %{{.*}} : f32
//       CHECK:     arith.select %[[P]], %[[S]], %{{.*}} : f32
func.func @mask(%g: !y, %w: !w, %y: !x) -> !x {
  %t = nn.conv_transpose2d %g, %w stride [1, 1] : !y, !w -> !x
  %s = nn.add %t, %y : !x
  %d = nn.relu_grad %s, %y : !x, !x
  return %d : !x
}

// A slope that is no number of single precision keeps its double precision.
// CHECK-LABEL: func.func @other_layers(
//       CHECK:   nn.linear {{.*}} epilogue(%[[V:[^ ]*]]) {
//       CHECK:     %[[C:.*]] = arith.constant 1.000000e-02 : f64
//       CHECK:     %[[T:.*]] = arith.truncf %[[C]] : f64 to f32
//       CHECK:     arith.mulf %[[V]], %[[T]] : f32
//       CHECK:   nn.upsample_nearest {{.*}} epilogue(%{{[^ ]*}}) {
//       CHECK:     math.exp
func.func @other_layers(%x: tensor<2x3xf32>, %w: tensor<4x3xf32>, %b: tensor<4xf32>, %i: !x) -> (tensor<2x4xf32>, tensor<2x3x9x9xf32>) {
  %l = nn.linear %x, %w, %b : tensor<2x3xf32>, tensor<4x3xf32>, tensor<4xf32> -> tensor<2x4xf32>
  %y = nn.leaky_relu %l slope 0.01 : tensor<2x4xf32>
  %u = nn.upsample_nearest %i : !x -> tensor<2x3x9x9xf32>
  %z = nn.gelu %u : tensor<2x3x9x9xf32>
  return %y, %z : tensor<2x4xf32>, tensor<2x3x9x9xf32>
}

// Near miss: the value before the ReLU is needed.
// CHECK-LABEL: func.func @keeps_shared(
//   CHECK-NOT:   epilogue
//       CHECK:   nn.relu
// REMARK: [Missed] FormEpilogues | Category:spherical-fuse | Function=keeps_shared | Reason="another op uses the value of nn.conv2d before it as well", Remark="nn.relu stays a pass of its own", Suggestion="let the other op use the value behind it"
func.func @keeps_shared(%x: !x, %w: !w) -> (!y, !y) {
  %c = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %y = nn.relu %c : !y
  return %c, %y : !y, !y
}

// Near miss: the layer's value is both operands.
// CHECK-LABEL: func.func @keeps_double(
//   CHECK-NOT:   epilogue
//       CHECK:   nn.add
func.func @keeps_double(%x: !x, %w: !w) -> !y {
  %c = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %y = nn.add %c, %c : !y
  return %y : !y
}

// Near miss: the layer would have to wait for the pool, and its input live longer.
// CHECK-LABEL: func.func @keeps_order(
//   CHECK-NOT:   epilogue
//       CHECK:   nn.add
// REMARK: [Missed] FormEpilogues | Category:spherical-fuse | Function=keeps_order | Reason="its last operand comes from nn.max_pool2d, which applies nothing to its values", Remark="nn.add stays a pass of its own", Suggestion="put it behind a convolution or linear layer"
func.func @keeps_order(%x: !x, %w: !w, %p: tensor<2x4x7x6xf32>) -> !y {
  %c = nn.conv2d %x, %w stride [1, 1] : !x, !w -> !y
  %m = nn.max_pool2d %p window [2, 2] stride [1, 1] : tensor<2x4x7x6xf32> -> !y
  %y = nn.add %c, %m : !y
  return %y : !y
}
