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

// expected-error @+2 {{'forward' needs 4.0 MB of memory at batch 2, expected at most 0.1 MB}}
// expected-note @+1 {{not even a batch of 1 would fit; lower band-limits or channels}}
func.func @forward(%x: memref<2x4xf32> {stage.batched}) {
  %a = memref.alloc() : memref<1000000xf32>
  stage.sweep "one" (%i) in [1] chunk 1 flop 0 bytes 0 {
    stage.fill %a with 0.0 : f32 : memref<1000000xf32>
  }
  return
}
