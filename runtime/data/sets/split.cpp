//===- split.cpp - parts for training, validation and test ------*- C++ -*-===//

#include "runtime/data/sets/split.h"

#include "runtime/data/random.h"
#include "runtime/data/samples.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <stdexcept>

namespace spherical::runtime {
namespace {

constexpr std::array<const char *, 4> partNames = {"all", "train", "validation", "test"};
constexpr std::array<const char *, 3> kindNames = {"sample", "group", "time"};

/// The order in which samples go to the parts, and where a part may end: ends[k] tells whether the
/// first k + 1 samples of the order may be parted from the rest.
struct Order {
  std::vector<int64_t> samples;
  std::vector<bool> ends;
};

RandomNumbers numbersOf(const Split3 &split) {
  return RandomNumbers(split.seed, RandomStream::Subset, hashText("split"));
}

Order groupOrder(const DataSet &set, const Split3 &split) {
  std::map<int64_t, std::vector<int64_t>> members;
  for (size_t i = 0; i < set.groups().size(); ++i)
    members[set.groups()[i]].push_back(static_cast<int64_t>(i));
  std::vector<const std::vector<int64_t> *> groups;
  for (const auto &[group, samples] : members)
    groups.push_back(&samples);
  Order order;
  for (const int64_t g : randomPermutation(static_cast<int64_t>(groups.size()), numbersOf(split))) {
    order.samples.insert(order.samples.end(), groups[g]->begin(), groups[g]->end());
    order.ends.resize(order.samples.size(), false);
    order.ends.back() = true;
  }
  return order;
}

Order timeOrder(const DataSet &set) {
  const std::vector<double> &times = set.times();
  Order order{std::vector<int64_t>(times.size()), std::vector<bool>(times.size(), true)};
  std::iota(order.samples.begin(), order.samples.end(), int64_t(0));
  std::ranges::sort(order.samples, {},
                    [&](int64_t sample) { return std::pair(times[sample], sample); });
  for (size_t k = 0; k + 1 < times.size(); ++k)
    order.ends[k] = times[order.samples[k]] != times[order.samples[k + 1]];
  return order;
}

Order orderOf(const DataSet &set, const Split3 &split) {
  if (split.kind == SplitKind::Group && set.groups().empty())
    throw std::runtime_error("the split by group expected data with groups (an array 'groups', or "
                             "folders CLASS/GROUP), got none");
  if (split.kind == SplitKind::Time && set.times().empty())
    throw std::runtime_error("the split by time expected data with an array 'times', got none");
  if (split.kind == SplitKind::Group)
    return groupOrder(set, split);
  if (split.kind == SplitKind::Time)
    return timeOrder(set);
  return {randomPermutation(set.count(), numbersOf(split)),
          std::vector<bool>(static_cast<size_t>(set.count()), true)};
}

/// Some samples of another set.
class Selection : public DataSet {
public:
  Selection(std::unique_ptr<DataSet> set, std::vector<int64_t> chosen)
      : set(std::move(set)), indices(std::move(chosen)) {
    for (const int64_t index : indices) {
      if (!this->set->groups().empty())
        groupOf.push_back(this->set->groups()[index]);
      if (!this->set->times().empty())
        timeOf.push_back(this->set->times()[index]);
    }
  }

  int64_t count() const override { return static_cast<int64_t>(indices.size()); }
  FieldLayout layout() const override { return set->layout(); }
  TargetLayout target() const override { return set->target(); }
  void load(int64_t index, float *x, Target out) const override {
    set->load(indices[index], x, out);
  }
  std::string stamp() const override;
  void forget(int64_t index) const override { set->forget(indices[index]); }
  int64_t number(int64_t index) const override { return set->number(indices[index]); }
  std::string sampleName(int64_t index) const override { return set->sampleName(indices[index]); }
  const std::vector<std::string> &classNames() const override { return set->classNames(); }
  const std::vector<Color> &palette() const override { return set->palette(); }
  const std::vector<int64_t> &groups() const override { return groupOf; }
  const std::vector<double> &times() const override { return timeOf; }

private:
  std::unique_ptr<DataSet> set;
  std::vector<int64_t> indices;
  std::vector<int64_t> groupOf;
  std::vector<double> timeOf;
};

std::string Selection::stamp() const {
  const std::string all = set->stamp();
  const auto *const bytes = reinterpret_cast<const uint8_t *>(indices.data());
  return all.empty() ? ""
                     : all + " " + std::to_string(count()) + " " +
                           std::to_string(hashBytes({bytes, indices.size() * sizeof(int64_t)}));
}

} // namespace

const char *partName(Part part) { return partNames[static_cast<size_t>(part)]; }

std::optional<Part> parsePart(std::string_view name) {
  for (size_t part = 0; part < partNames.size(); ++part)
    if (name == partNames[part])
      return static_cast<Part>(part);
  return std::nullopt;
}

std::optional<Split3> parseSplit(std::string_view text) {
  const size_t colon = text.find(':');
  Split3 split;
  const auto kind = std::ranges::find(kindNames, text.substr(0, colon));
  if (kind == kindNames.end())
    return std::nullopt;
  split.kind = static_cast<SplitKind>(kind - kindNames.begin());
  if (colon == text.npos)
    return split;
  const char *at = text.data() + colon + 1, *const end = text.data() + text.size();
  for (size_t part = 0; part < split.shares.size(); ++part) {
    const auto [next, error] = std::from_chars(at, end, split.shares[part]);
    const bool last = part + 1 == split.shares.size();
    if (error != std::errc() || split.shares[part] < 0 || split.shares[part] > 100 ||
        (last ? next != end : next == end || *next != '/'))
      return std::nullopt;
    at = next + !last;
  }
  const bool whole = std::accumulate(split.shares.begin(), split.shares.end(), int64_t(0)) == 100;
  return whole ? std::optional(split) : std::nullopt;
}

std::string splitText(const Split3 &split) {
  std::string text = kindNames[static_cast<size_t>(split.kind)];
  for (size_t part = 0; part < split.shares.size(); ++part)
    text += (part == 0 ? ":" : "/") + std::to_string(split.shares[part]);
  return text;
}

std::vector<int64_t> samplesOf(const DataSet &set, const Split3 &split, Part part) {
  const Order order = orderOf(set, split);
  const auto count = static_cast<int64_t>(order.samples.size());
  std::array<int64_t, 4> bounds = {0, 0, 0, count};
  int64_t share = 0;
  for (size_t i = 0; i < 2; ++i) {
    share += split.shares[i];
    int64_t bound = std::max(bounds[i], (count * share + 50) / 100);
    while (bound > 0 && bound < count && !order.ends[bound - 1])
      ++bound; // a group or a time is never divided
    bounds[i + 1] = bound;
  }
  const bool isAll = part == Part::All;
  const size_t first = isAll ? 0 : static_cast<size_t>(part) - 1;
  std::vector<int64_t> samples(order.samples.begin() + bounds[first],
                               order.samples.begin() + bounds[isAll ? 3 : first + 1]);
  std::ranges::sort(samples);
  return samples;
}

std::unique_ptr<DataSet> selectSamples(std::unique_ptr<DataSet> set, std::vector<int64_t> indices) {
  return std::make_unique<Selection>(std::move(set), std::move(indices));
}

} // namespace spherical::runtime
