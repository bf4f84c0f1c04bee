//===- integer_sign.h - integers that files give another sign ---*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_INTEGER_SIGN_H
#define SPHERICAL_RUNTIME_DATA_SETS_INTEGER_SIGN_H

#include "runtime/data/safetensors.h"

#include <string_view>

namespace spherical::runtime {

/// What the attribute `_Unsigned` of a variable makes of its type: "true" the integers of as many
/// bits without a sign, "false" those with one. Other types, and other texts, stay. (The
/// conventions of NetCDF's users, for formats without unsigned types.)
DType withSignOf(DType dtype, std::string_view isUnsigned);

/// The number of `dtype` whose bits an integer of the other sign has: 255 of U8 for -1. Numbers in
/// the range of `dtype` stay.
double integerOf(DType dtype, double number);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_INTEGER_SIGN_H
