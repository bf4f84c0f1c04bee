// RUN: not spherical-opt %s --spherical-lower-tasks=cpu=pentium 2>&1 | FileCheck %s

// CHECK: error: spherical-lower-tasks: expected a processor x86-64-v3, x86-64-v4 or native, got 'pentium'
module {
}
