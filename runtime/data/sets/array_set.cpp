//===- array_set.cpp - samples in arrays ------------------------*- C++ -*-===//

#include "runtime/data/sets/array_set.h"

#include "runtime/data/sets/array_values.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace spherical::runtime {
namespace {

using Shape = std::vector<int64_t>;

/// "'labels', 'x'", or "none".
std::string namesOf(const ArrayFile &file) {
  std::string names;
  for (const auto &[name, array] : file.arrays)
    names += (names.empty() ? "'" : ", '") + name + "'";
  return names.empty() ? "none" : names;
}

class ArraySet : public DataSet {
public:
  ArraySet(ArrayFile arrays, const SetOptions &options);

  int64_t count() const override { return x->shape[0]; }
  FieldLayout layout() const override { return field; }
  TargetLayout target() const override { return targetLayout; }
  void load(int64_t index, float *values, Target out) const override;
  std::string sampleName(int64_t index) const override {
    return file.path + "[" + std::to_string(index) + "]";
  }
  const std::vector<std::string> &classNames() const override { return classes; }
  const std::vector<Color> &palette() const override { return colors; }
  const std::vector<int64_t> &groups() const override { return groupOf; }
  const std::vector<double> &times() const override { return timeOf; }

private:
  const StoredArray *find(const std::string &name) const;
  const StoredArray *findX() const;
  void readLayout(const SetOptions &options);
  void readTarget();
  void readLabels();
  void readMask();
  std::vector<double> column(const std::string &name) const;
  /// The extents of a field: {P} or {H, W}.
  Shape extents() const {
    return field.grid.isHealpix() ? Shape{field.grid.points()}
                                  : Shape{field.grid.rows, field.grid.columns};
  }
  Shape shapeWith(Shape front) const {
    for (const int64_t extent : extents())
      front.push_back(extent);
    return front;
  }
  [[noreturn]] void fail(const StoredArray &array, const std::string &expected) const {
    throw std::runtime_error(array.name + ": expected " + expected + ", got the shape " +
                             shapeText(array.shape));
  }

  ArrayFile file;
  const StoredArray *x = nullptr, *labels = nullptr, *values = nullptr, *mask = nullptr;
  std::vector<double> maskOfAll; // [points], if all samples have the same
  std::optional<int32_t> ignore;
  FieldLayout field;
  TargetLayout targetLayout;
  std::vector<std::string> classes;
  const std::vector<Color> colors; // arrays have none
  std::vector<int64_t> groupOf;
  std::vector<double> timeOf;
};

ArraySet::ArraySet(ArrayFile arrays, const SetOptions &options)
    : file(std::move(arrays)), ignore(options.ignore) {
  x = findX();
  readLayout(options);
  labels = find("labels");
  values = find("target");
  mask = find("mask");
  if (labels && values)
    throw std::runtime_error(file.path + ": expected 'labels' or 'target', got both");
  if (labels)
    readLabels();
  if (values)
    readTarget();
  if (mask)
    readMask();
  if (const auto found = file.words.find("classes"); found != file.words.end())
    classes = found->second;
  timeOf = column("times");
  for (const double group : column("groups"))
    groupOf.push_back(static_cast<int64_t>(group));
}

const StoredArray *ArraySet::find(const std::string &name) const {
  if (const auto found = file.unreadable.find(name); found != file.unreadable.end())
    throw std::runtime_error(file.path + ": " + name + ": " + found->second);
  const auto found = file.arrays.find(name);
  return found == file.arrays.end() ? nullptr : found->second.get();
}

const StoredArray *ArraySet::findX() const {
  if (const StoredArray *named = find("x"))
    return named;
  if (file.arrays.size() != 1)
    throw std::runtime_error(file.path + ": expected an array 'x', got " + namesOf(file));
  return file.arrays.begin()->second.get();
}

void ArraySet::readLayout(const SetOptions &options) {
  const auto words = file.words.find("grid");
  const std::string text =
      words == file.words.end() || words->second.empty() ? "" : words->second[0];
  const std::optional<SampleGrid> named = options.grid ? options.grid : parseGrid(text);
  const bool healpix = named && named->isHealpix();
  const size_t axes = x->shape.size(), fieldAxes = healpix ? 1 : 2;
  if (axes != fieldAxes + 1 && axes != fieldAxes + 2)
    fail(*x, healpix ? "[N, C, P] or [N, P] on HEALPix" : "[N, C, H, W], or [N, H, W]");
  if (elementCount(x->shape) == 0)
    fail(*x, "one sample at least");
  const std::span<const int64_t> last = std::span(x->shape).last(fieldAxes);
  field.channels = axes == fieldAxes + 2 ? x->shape[1] : 1;
  field.grid = gridOf(last, text, options, x->name);
}

void ArraySet::readLabels() {
  const Shape points = shapeWith({count()});
  if (labels->shape == Shape{count()})
    targetLayout = {TargetKind::Class, 1, 0, 0};
  else if (labels->shape == points)
    targetLayout = {TargetKind::PointClasses, field.points(), 0, 0};
  else
    fail(*labels, "a label for each sample (" + std::to_string(count()) + ") or each point (" +
                      shapeText(points) + ")");
}

void ArraySet::readTarget() {
  const size_t axes = values->shape.size();
  const Shape points = shapeWith({count()});
  const Shape channelPoints = shapeWith({count(), axes > 1 ? values->shape[1] : 1});
  if (values->shape == channelPoints)
    targetLayout = {TargetKind::Field, 0, values->rowSize(), values->shape[1]};
  else if (values->shape == points)
    targetLayout = {TargetKind::Field, 0, values->rowSize(), 1};
  else if ((axes == 1 || axes == 2) && values->shape[0] == count() && values->rowSize() > 0)
    targetLayout = {TargetKind::Values, 0, values->rowSize(), 0};
  else
    fail(*values, "[N], [N, K] or a field like x, with N = " + std::to_string(count()));
}

void ArraySet::readMask() {
  const Shape all = shapeWith({count(), field.channels});
  if (mask->shape == all || mask->shape == shapeWith({count()}))
    return;
  if (mask->shape == extents())
    maskOfAll = readAll(*mask);
  else
    fail(*mask, "the shape of x (" + shapeText(all) + "), with or without samples and channels");
}

std::vector<double> ArraySet::column(const std::string &name) const {
  const StoredArray *array = find(name);
  if (!array)
    return {};
  if (array->shape != Shape{count()})
    fail(*array, "one number for each of " + std::to_string(count()) + " samples");
  std::vector<double> numbers = readAll(*array);
  for (size_t i = 0; i < numbers.size(); ++i)
    if (!std::isfinite(numbers[i]))
      throw std::runtime_error(array->name + "[" + std::to_string(i) +
                               "]: expected a finite number");
  return numbers;
}

void ArraySet::load(int64_t index, float *out, Target target) const {
  const std::string sample = sampleName(index);
  readValues(*x, index, /*pixels=*/true, sample, out);
  const std::span<float> all(out, field.values());
  if (mask && maskOfAll.empty())
    applyMask(*mask, index, all);
  for (size_t i = 0; i < maskOfAll.size(); ++i)
    if (maskOfAll[i] == 0)
      for (int64_t c = 0; c < field.channels; ++c)
        out[c * field.points() + i] = std::numeric_limits<float>::quiet_NaN();
  if (labels && target.classes)
    readClasses(*labels, index, ignore, sample, target.classes);
  if (values && target.values)
    readValues(*values, index, /*pixels=*/false, sample, target.values);
}

} // namespace

SampleGrid gridOf(std::span<const int64_t> extents, const std::string &text,
                  const SetOptions &options, const std::string &origin) {
  const std::optional<SampleGrid> named = options.grid ? options.grid : parseGrid(text);
  if (!named && !text.empty())
    throw std::runtime_error(origin + ": expected a grid such as 'soft' or 'healpix-ring', got '" +
                             text + "'");
  SampleGrid grid;
  if (named && named->isHealpix()) {
    grid = sizedGrid(named->kind, extents);
    if (grid.points() != extents[0])
      throw std::runtime_error(origin + ": expected 12 nside^2 pixels on HEALPix, got " +
                               std::to_string(extents[0]));
  } else {
    const int64_t rows = extents[0], columns = extents[1];
    const GridKind kind = named                              ? named->kind
                          : rows == columns && rows % 2 == 0 ? GridKind::Soft
                          : columns == 2 * rows              ? GridKind::Equirectangular
                                                             : GridKind::Planar;
    grid = sizedGrid(kind, extents);
    const bool squareGrid = kind == GridKind::Soft;
    if (squareGrid && (rows != columns || rows % 2 != 0))
      throw std::runtime_error(origin + ": expected 2b x 2b samples on the grid " +
                               gridKindName(kind) + ", got " + shapeText(extents));
  }
  if (!grid.isPossible())
    throw std::runtime_error(origin + ": expected a grid that there is, got " + gridText(grid));
  const bool sized = named && named->points() > 0;
  if (sized && grid != *named)
    throw std::runtime_error(origin + ": expected the grid " + gridText(*named) + ", got " +
                             shapeText(extents));
  return grid;
}

std::unique_ptr<DataSet> makeArraySet(ArrayFile file, const SetOptions &options) {
  return std::make_unique<ArraySet>(std::move(file), options);
}

} // namespace spherical::runtime
