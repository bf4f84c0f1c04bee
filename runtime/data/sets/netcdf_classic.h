//===- netcdf_classic.h - how long a classic NetCDF file is -----*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_NETCDF_CLASSIC_H
#define SPHERICAL_RUNTIME_DATA_SETS_NETCDF_CLASSIC_H

#include "runtime/data/sets/open_file.h"

namespace spherical::runtime {

/// Throws std::runtime_error if the file is of a classic format (CDF-1, 2 or 5), and its header or
/// what the header says of its variables reaches beyond its end: the library takes what is not
/// there for zeros. Other files pass.
/// (https://docs.unidata.ucar.edu/netcdf-c/current/file_format_specifications.html)
void checkClassicLength(const OpenFile &file);

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_NETCDF_CLASSIC_H
