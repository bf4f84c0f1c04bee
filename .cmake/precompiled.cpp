// Carries the precompiled header that every MLIR library of the project reuses.
