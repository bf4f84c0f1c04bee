//===- contact_sheet.h - samples with their predictions ---------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H
#define SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H

#include "runtime/data/picture.h"
#include "runtime/data/projection.h"

#include <span>
#include <string>

namespace spherical::runtime {

/// How a contact sheet looks.
struct SheetOptions {
  int64_t columns = 0;  ///< samples a row; 0: as many as fit in about 1000 pixels
  bool spheres = false; ///< draw each picture on a sphere as well, its contents in front
};

/// Draws samples `indices` of `images`, each as its grid (beta downwards, alpha to the right, the
/// first channel). The title stands above.
///   labels: over the label and the prediction, green where they agree and red where not
///   masks:  beside the classes and the predicted classes of its points, over the labelled classes
///           and the share of points that are predicted rightly
/// `predictions` has one class for each sample of `images`, or for each of its points, or is empty:
/// then only labels are drawn.
/// Throws std::invalid_argument for an index out of range or no index.
Picture drawContactSheet(const SphericalImages &images, std::span<const int32_t> predictions,
                         std::span<const int64_t> indices, const std::string &title,
                         const SheetOptions &options = {});

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_TRAIN_CONTACT_SHEET_H
