//===- contact_sheet.h - samples with their predictions ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H
#define SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H

#include "runtime/data/picture.h"
#include "runtime/data/projection.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// Draws samples `indices` of `images`, `columns` a row, each as its grid (beta downwards, alpha
/// to the right, the first channel) over its label and its prediction, green where they agree and
/// red where not. `predictions` has one class for each sample of `images`, or is empty: then only
/// labels are drawn. The title stands above.
/// Throws std::invalid_argument for an index out of range or no index.
Picture drawContactSheet(const SphericalImages &images, std::span<const int32_t> predictions,
                         std::span<const int64_t> indices, const std::string &title,
                         int64_t columns = 8);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H
