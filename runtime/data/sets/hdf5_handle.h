//===- hdf5_handle.h - what HDF5 opens is closed ----------------*- C++ -*-===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_HDF5_HANDLE_H
#define SPHERICAL_RUNTIME_DATA_SETS_HDF5_HANDLE_H

#include <hdf5.h>

#include <utility>

namespace spherical::runtime {

/// An identifier of HDF5 with the call that closes it; negative if opening failed. Used and
/// destroyed under `libraryLock`.
class Hdf5Handle {
public:
  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, herr_t (*closer)(hid_t)) : id(id), closer(closer) {}
  Hdf5Handle(Hdf5Handle &&other) noexcept { swap(other); }
  Hdf5Handle &operator=(Hdf5Handle &&other) noexcept {
    swap(other);
    return *this;
  }
  ~Hdf5Handle() { close(); }

  hid_t get() const { return id; }

  /// Closes it now; false if HDF5 says that something was not written.
  bool close() {
    const hid_t open = std::exchange(id, -1);
    return open < 0 || closer(open) >= 0;
  }

private:
  void swap(Hdf5Handle &other) {
    std::swap(id, other.id);
    std::swap(closer, other.closer);
  }

  hid_t id = -1;
  herr_t (*closer)(hid_t) = nullptr;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_HDF5_HANDLE_H
