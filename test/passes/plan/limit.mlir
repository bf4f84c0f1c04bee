// RUN: spherical-opt %s --split-input-file --verify-diagnostics --stage-plan-memory=limit=100000

// expected-error @+2 {{'forward' needs 0.3 MB of memory at batch 32, expected at most 0.1 MB}}
// expected-note @+1 {{a batch of 12 would fit}}
func.func @forward(%x: memref<32x4xf32> {stage.batched}, %y: memref<32x4xf32> {stage.batched, stage.result}) {
  %a = memref.alloc() : memref<64000xf32>
  stage.sweep "one" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 0.0 : f32 : memref<64000xf32>
  }
  return
}

// -----

// In lanes of 16 a batch of 20 takes two groups, and so does 17: one group is what fits.
// expected-error @+2 {{'forward' needs 0.2 MB of memory at batch 20, expected at most 0.1 MB}}
// expected-note @+1 {{a batch of 16 would fit}}
func.func @forward(%x: memref<20x4xf32> {stage.batched}) attributes {spherical.lanes = 16 : i64} {
  %a = memref.alloc() : memref<40000xf32>
  stage.sweep "one" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 0.0 : f32 : memref<40000xf32>
  }
  return
}

// -----

// expected-error @+2 {{'forward' needs 4.0 MB of memory at batch 2, expected at most 0.1 MB}}
// expected-note @+1 {{not even a batch of 1 would fit; lower band-limits or channels}}
func.func @forward(%x: memref<2x4xf32> {stage.batched}) {
  %a = memref.alloc() : memref<1000000xf32>
  stage.sweep "one" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 0.0 : f32 : memref<1000000xf32>
  }
  return
}
