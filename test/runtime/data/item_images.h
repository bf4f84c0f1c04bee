//===- item_images.h - small made-up items for tests ------------*- C++ -*-===//

#ifndef SPHERICAL_TEST_RUNTIME_DATA_ITEM_IMAGES_H
#define SPHERICAL_TEST_RUNTIME_DATA_ITEM_IMAGES_H

#include "runtime/data/idx.h"

namespace spherical::runtime {

/// `count` items of 28 x 28 pixels and 3 classes: ramps in a box that is 0 around, of another size
/// and slope for each. Brightest pixels are above 150.
inline LabelledImages rampItems(int64_t count) {
  LabelledImages images{count, 28, 28, std::vector<uint8_t>(count * 28 * 28), {}};
  for (int64_t k = 0; k < count; ++k) {
    images.labels.push_back(static_cast<uint8_t>(k % 3));
    const int64_t top = 3 + k % 4, left = 5 + k % 3, rows = 9 + k % 11, columns = 6 + k % 7;
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t column = 0; column < columns; ++column)
        images.pixels[(k * 28 + top + row) * 28 + left + column] =
            static_cast<uint8_t>(20 + (row * 150) / rows + (column * 80) / columns + k % 5);
  }
  return images;
}

} // namespace spherical::runtime

#endif // SPHERICAL_TEST_RUNTIME_DATA_ITEM_IMAGES_H
