// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=differentiate --no-locations | FileCheck %s --implicit-check-not=_conv
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=expand | spherical compile - --compile-to=differentiate --no-locations | FileCheck %s --implicit-check-not=_conv

// Inference takes prepared kernels; training has the loss, gradients and Adam's updates.
// CHECK: module @classifier attributes {{.*}}spherical.phase = "differentiate"
// CHECK-LABEL: func.func @forward
// CHECK-NOT: spherical.kernel_ft
// CHECK: nn.batch_norm %
// CHECK-LABEL: func.func @loss_and_gradients
// CHECK: nn.batch_norm_train
// CHECK: nn.cross_entropy %
// CHECK: nn.cross_entropy_grad
// CHECK: spherical.so3_integrate %{{.*}} {adjoint}
// CHECK: spherical.spectral_matmul %{{.*}} form grad_kernel
// CHECK: spherical.s2_ft %{{.*}} {adjoint}
// CHECK-NOT: nn.adam
// CHECK-LABEL: func.func @train_step
// CHECK-NOT: spherical.s2_ft %{{.*}} {adjoint}
// CHECK-COUNT-8: nn.adam
// CHECK-NEXT: return
// CHECK-LABEL: func.func @prepare
// CHECK-COUNT-2: spherical.kernel_ft
