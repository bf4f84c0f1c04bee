// RUN: rm -rf %t && mkdir %t
// RUN: spherical compile %S/Inputs/classifier.mlir --cpu x86-64-v4 -o %t/classifier.so
// RUN: llvm-nm --dynamic --defined-only %t/classifier.so | FileCheck %s --check-prefix=SYMBOLS
// RUN: llvm-objdump -d %t/classifier.so | FileCheck %s --check-prefix=CODE
// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=lower --cpu x86-64-v4 -o %t/lower.mlir
// RUN: spherical compile %t/lower.mlir --cpu x86-64-v4 -o %t/again.so
// RUN: llvm-nm --dynamic --defined-only %t/again.so | FileCheck %s --check-prefix=SYMBOLS

// A shared library of the entries and the manifest, with fused multiply-adds on full registers.
// SYMBOLS-DAG: sph_abi
// SYMBOLS-DAG: sph_entry_forward
// SYMBOLS-DAG: sph_entry_loss_and_gradients
// SYMBOLS-DAG: sph_entry_prepare
// SYMBOLS-DAG: sph_entry_train_step
// SYMBOLS-DAG: sph_manifest
// CODE: vfmadd{{.*}}mm
