//===- data_set.h - samples in the files of a user --------------*- C++ -*-===//
//
// Every reader of files gives a data set: numbered fields, each with what is known
// of it. Values are as the files say; preparation.h makes them what a network takes.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_RUNTIME_DATA_SETS_DATA_SET_H
#define SPHERICAL_RUNTIME_DATA_SETS_DATA_SET_H

#include "runtime/data/color.h"
#include "runtime/data/sample_grid.h"
#include "runtime/data/target.h"

#include <cstdint>
#include <string>
#include <vector>

namespace spherical::runtime {

/// What all fields of a data set have in common.
struct FieldLayout {
  int64_t channels = 1;
  SampleGrid grid;

  int64_t points() const { return grid.points(); }
  int64_t values() const { return channels * points(); }
  bool operator==(const FieldLayout &) const = default;
};

/// What all samples of a data set are compared with.
struct TargetLayout {
  TargetKind kind = TargetKind::None;
  int64_t classes = 0;  ///< labels one sample has: 1 or the grid's points; else 0
  int64_t values = 0;   ///< numbers one sample has; else 0
  int64_t channels = 0; ///< of a field

  bool operator==(const TargetLayout &) const = default;
};

/// Numbered samples; sample `index` is the same whenever and by whomever it is asked for.
class DataSet {
public:
  virtual ~DataSet() = default;

  virtual int64_t count() const = 0;
  virtual FieldLayout layout() const = 0;
  virtual TargetLayout target() const = 0;

  /// Writes sample 0 <= index < count: x [channels][points], NaN where a value is missing, and its
  /// target, where missingLabel is a class and NaN a value that is missing. Several threads may
  /// call it at once. Throws std::runtime_error that names the file and the sample if it cannot be
  /// read or holds what no network takes: infinities, labels that are no whole numbers of -1 or
  /// more.
  virtual void load(int64_t index, float *x, Target target) const = 0;

  /// A digest of the names, sizes and times of change of the files, of what was asked of them and
  /// of the samples that are used: another one where samples may be others. "" if it is not known.
  virtual std::string stamp() const { return ""; }

  /// Says that what was made of the sample is kept elsewhere: memory that it takes may go.
  virtual void forget(int64_t) const {}

  /// The number of a sample in its files, where only some of them are used.
  virtual int64_t number(int64_t index) const { return index; }

  /// What the files call a sample: "x.npy[17]", "cats/tabby.png".
  virtual std::string sampleName(int64_t index) const = 0;

  /// Names of the classes 0, 1, ...; empty if the files have none.
  virtual const std::vector<std::string> &classNames() const = 0;

  /// Colours in which label pictures show the classes; empty if the files have none.
  virtual const std::vector<Color> &palette() const = 0;

  /// For each sample the group it belongs to (a patient, a place), and its time; empty if the files
  /// do not say.
  virtual const std::vector<int64_t> &groups() const = 0;
  virtual const std::vector<double> &times() const = 0;
};

} // namespace spherical::runtime

#endif // SPHERICAL_RUNTIME_DATA_SETS_DATA_SET_H
