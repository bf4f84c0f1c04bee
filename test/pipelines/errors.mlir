// RUN: spherical compile %S/Inputs/classifier.mlir --compile-to=fuse | not spherical compile - --compile-to=expand 2>&1 | FileCheck %s --check-prefix=BACK
// RUN: echo 'module attributes {spherical.phase = "melt"} {}' | not spherical compile - --compile-to=fuse 2>&1 | FileCheck %s --check-prefix=UNKNOWN
// RUN: not spherical compile %S/Inputs/classifier.mlir --compile-to=lower --target=reference 2>&1 | FileCheck %s --check-prefix=REFERENCE

// BACK: error: expected a module of phase expand or earlier, got phase fuse
// UNKNOWN: error: {{.*}}expected `spherical.phase` to be {{.*}}got "melt"
// REFERENCE: error: target reference evaluates the phases up to plan, expected one of those, got lower
