//===- manifest_check.h - whether a manifest fits together ------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_EXECUTE_MANIFEST_CHECK_H
#define SPHERICAL_RUNTIME_EXECUTE_MANIFEST_CHECK_H

#include "runtime/execute/manifest.h"

namespace spherical::runtime {

/// Checks what no single key shows, and sets each entry's capacity: names are unique (results may
/// repeat one, the first is meant), roles are known, batched extents agree, replaced arguments,
/// kept parameters and prepared values exist with the same element and shape. Throws Error
/// (SPH_BAD_ARTIFACT).
void checkManifest(Manifest &manifest);

/// "f32 2x3x4", or "f32 scalar".
std::string typeText(Element element, const std::vector<int64_t> &shape);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_EXECUTE_MANIFEST_CHECK_H
