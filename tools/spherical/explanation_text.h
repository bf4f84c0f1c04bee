//===- explanation_text.h - an explanation to read --------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_EXPLANATION_TEXT_H
#define SPHERICAL_TOOLS_SPHERICAL_EXPLANATION_TEXT_H

#include "tools/spherical/driver/explanation.h"

#include <optional>
#include <string>

namespace spherical::driver {

/// Seconds as "12.3 us", "1.23 ms".
std::string timeText(double seconds);

/// A table with a row for each line of the model, and under it the choices of its ops with the
/// next best ways, and what was not fused and why. Lines have at most `width` characters (0: 100).
/// With measured times, rows have these and the share of the roofline that their stages reach.
std::string explanationText(const Explanation &explanation,
                            const std::optional<MeasuredLines> &measured, size_t width);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_EXPLANATION_TEXT_H
