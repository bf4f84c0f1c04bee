//===- mutation_test.cpp - strict emulation finds faults ------------------===//
//
// Models are run kernel by kernel. Each distinct kernel then also runs alone,
// in two blocks, on what memory held then and with nothing but the words that
// it touches, as each of its mutants: a barrier left out, an access to the next
// element, a loop of one index more. A mutant is
//   reported if the strict launch stops it, with the kernel and the place in the
//            model that it breaks a rule at,
//   endless  if a thread goes through loops four times as often as any thread of
//            the kernel itself: reported in the same way, where a GPU would hang,
//   equal    if it leaves the same bits in memory,
//   visible  if it breaks no rule, since what it touches is there and in order,
//            and leaves numbers that comparisons with references notice,
//   unseen   if it leaves other numbers that these would let pass.
// A barrier that is left out must be reported, or leave the same bits in either
// order of the threads: numbers say little about races.
//
//===----------------------------------------------------------------------===//

#include "test/gpu/device_program.h"
#include "test/gpu/mutate.h"
#include "test/gpu/random_arguments.h"
#include "tools/emulation/device.h"
#include "tools/spherical/driver/session.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <set>

namespace spherical::test {
namespace {

using emulation::Checks;
using emulation::Kernel;
using emulation::Kernels;
using emulation::Memory;
using emulation::ThreadOrder;

enum class Outcome { Reported, Endless, Equal, Visible, Unseen };

/// How many mutants of each kind came to what.
using Counts = std::map<Mutation::Kind, std::map<Outcome, int>>;

using Contents = std::vector<std::vector<char>>;

Contents contentsOf(const std::vector<std::span<char>> &pieces) {
  Contents contents;
  for (const std::span<char> piece : pieces)
    contents.emplace_back(piece.begin(), piece.end());
  return contents;
}

void restore(const std::vector<std::span<char>> &pieces, const Contents &contents) {
  for (size_t i = 0; i < pieces.size(); ++i)
    std::ranges::copy(contents[i], pieces[i].begin());
}

/// Calls visit(before, after, now) for each word, as f32.
template <typename Visit>
void forEachWord(const Contents &before, const Contents &after, const Contents &now, Visit visit) {
  auto word = [](const std::vector<char> &bytes, size_t at) {
    float value = 0;
    std::memcpy(&value, &bytes[at], sizeof value);
    return value;
  };
  for (size_t i = 0; i < now.size(); ++i)
    for (size_t at = 0; at + sizeof(float) <= now[i].size(); at += sizeof(float))
      visit(word(before[i], at), word(after[i], at), word(now[i], at));
}

/// Whether memory that a launch finds as `before` and should leave as `after` is so different `now`
/// that a comparison with golden files fails (golden::Target::tolerance, in single precision).
bool isVisible(const Contents &before, const Contents &after, const Contents &now) {
  constexpr float tolerance = 1e-4f;
  float largest = 0;
  forEachWord(before, after, now, [&](float was, float right, float) {
    if (std::bit_cast<uint32_t>(was) != std::bit_cast<uint32_t>(right) && std::isfinite(right))
      largest = std::max(largest, std::abs(right));
  });
  bool visible = false;
  forEachWord(before, after, now, [&](float, float right, float is) {
    const bool same = std::bit_cast<uint32_t>(right) == std::bit_cast<uint32_t>(is);
    visible |= !same && !(std::abs(right - is) <= tolerance * largest);
  });
  return visible;
}

/// A kernel as all of its mutants, and the arguments of one launch.
class Mutants {
public:
  Mutants(const std::string &bitcode, const std::string &name, emulation::LaunchExtents extents,
          std::vector<void *> arguments)
      : name(name), extents(extents), arguments(std::move(arguments)),
        source(makeMutable(bitcode, name)) {
    std::string reason;
    kernels = Kernels::load(source.bitcode, Checks::Strict, reason);
    if (!kernels)
      throw std::runtime_error(reason);
    kernel = kernels->find(name);
  }

  /// Runs each mutant on this memory and what it holds; it then holds the same again.
  void run(const std::vector<std::span<char>> &allocations, Counts &counts);

private:
  /// Launches a mutant, or the kernel itself as number 0.
  std::string launch(Memory &memory, int32_t number, ThreadOrder order = ThreadOrder::Forward) {
    std::vector<void *> all = arguments;
    all.insert(all.end(), {&number, &budget});
    return kernels->launch(*kernel, extents, all.data(), order, &memory);
  }
  void findBudget(Memory &memory);
  Outcome outcome(Memory &memory, int32_t number, ThreadOrder order);

  const std::string name;
  const emulation::LaunchExtents extents;
  const std::vector<void *> arguments;
  const MutableKernel source;
  std::unique_ptr<Kernels> kernels;
  Kernel *kernel = nullptr;
  int32_t budget = 1 << 30;
  std::vector<std::span<char>> pieces; ///< what the kernel touches
  Contents before, after;
};

/// Four times what the kernel itself needs.
void Mutants::findBudget(Memory &memory) {
  for (budget = 64; launch(memory, 0).find("traps") != std::string::npos; budget *= 2)
    restore(pieces, before);
  budget *= 4;
}

Outcome Mutants::outcome(Memory &memory, int32_t number, ThreadOrder order) {
  restore(pieces, before);
  const std::string said = launch(memory, number, order);
  if (said.empty()) {
    const Contents now = contentsOf(pieces);
    return now == after                    ? Outcome::Equal
           : isVisible(before, after, now) ? Outcome::Visible
                                           : Outcome::Unseen;
  }
  EXPECT_NE(said.find("kernel '" + name + "', block "), std::string::npos) << said;
  EXPECT_NE(said.find(".yaml:"), std::string::npos) << said;
  return said.find("traps") != std::string::npos ? Outcome::Endless : Outcome::Reported;
}

void Mutants::run(const std::vector<std::span<char>> &allocations, Counts &counts) {
  const Contents all = contentsOf(allocations);
  Memory whole, own;
  for (Memory *memory : {&whole, &own})
    for (const std::span<char> allocation : allocations)
      memory->adopt(allocation.data(), static_cast<int64_t>(allocation.size()));
  EXPECT_EQ(launch(whole, 0), "");
  pieces = whole.touched();
  own.confine(pieces);
  after = contentsOf(pieces);
  restore(allocations, all);
  before = contentsOf(pieces);
  findBudget(own);
  for (size_t i = 0; i < source.mutations.size(); ++i) {
    const Mutation &mutation = source.mutations[i];
    const auto number = static_cast<int32_t>(i + 1);
    Outcome came = outcome(own, number, ThreadOrder::Forward);
    if (mutation.kind == Mutation::Kind::Barrier && came == Outcome::Equal)
      came = outcome(own, number, ThreadOrder::Reversed);
    if (mutation.kind == Mutation::Kind::Barrier)
      EXPECT_TRUE(came == Outcome::Equal || came == Outcome::Reported)
          << name << ": the barrier at " << mutation.place;
    ++counts[mutation.kind][came];
  }
  restore(allocations, all);
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

/// What the device below knows; device calls are plain functions.
struct Study {
  const sph_device &device = emulation::emulatedDevice(ThreadOrder::Forward);
  const DeviceProgram *program = nullptr;
  std::map<char *, int64_t> allocations;
  std::map<sph_device_kernel *, std::string> names;
  std::set<std::string> seen; ///< bodies of kernels
  Counts counts;

  void launch(const std::string &name, int64_t threads, int64_t shared, void *const *arguments) {
    if (!seen.insert(kernelBody(program->bitcode, name)).second)
      return;
    std::vector<std::span<char>> memory;
    for (const auto &[begin, bytes] : allocations)
      memory.emplace_back(begin, bytes);
    Mutants(program->bitcode, name, {2, threads, shared}, {arguments[0], arguments[1]})
        .run(memory, counts);
  }
};

Study *study = nullptr;

/// The emulated device, which also studies each kernel that is launched.
sph_device studying() {
  sph_device table = study->device;
  table.allocate = [](sph_device_context *context, int64_t bytes, void **memory) {
    const char *failure = study->device.allocate(context, bytes, memory);
    study->allocations[static_cast<char *>(*memory)] = bytes;
    return failure;
  };
  table.release = [](sph_device_context *context, void *memory) {
    study->allocations.erase(static_cast<char *>(memory));
    study->device.release(context, memory);
  };
  table.find = [](sph_device_module *module, const char *name, int64_t shared,
                  sph_device_kernel **kernel) {
    const char *failure = study->device.find(module, name, shared, kernel);
    study->names[*kernel] = name;
    return failure;
  };
  table.launch = [](sph_device_stream *stream, sph_device_kernel *kernel, int64_t blocks,
                    int64_t threads, int64_t shared, void *const *arguments) {
    study->launch(study->names[kernel], threads, shared, arguments);
    return study->device.launch(stream, kernel, blocks, threads, shared, arguments);
  };
  return table;
}

void studyModel(const std::string &path) {
  auto session = driver::Session::load(path, {});
  ASSERT_TRUE(session) << session.error().message;
  const std::string text = (*session)->text(true);
  const DeviceProgram program = compileForDevice(text);
  study->program = &program;
  const sph_device device = studying();
  const auto runner = makeDeviceRunner(program, program.bitcode, device);
  const std::set<std::string> studied = {"prepare", "forward", "loss_and_gradients"};
  for (const runtime::EntrySpec &entry : program.manifest.entries)
    if (studied.contains(entry.name))
      runner->run(entry.name, randomArguments(entry));
}

void print(const Counts &counts) {
  const std::map<Mutation::Kind, const char *> kinds = {
      {Mutation::Kind::Barrier, "barriers left out"},
      {Mutation::Kind::Address, "accesses to the next element"},
      {Mutation::Kind::Range, "loops of one index more"}};
  for (auto [kind, came] : counts)
    std::printf("%s: %d reported, and %d as endless; %d equal; by numbers alone: %d visible, %d "
                "unseen\n",
                kinds.at(kind), came[Outcome::Reported], came[Outcome::Endless],
                came[Outcome::Equal], came[Outcome::Visible], came[Outcome::Unseen]);
}

TEST(Mutation, IsReportedOrLeavesEqualResults) {
  Study studied;
  study = &studied;
  for (const char *model : {"small", "everything", "planar"})
    studyModel(std::string("test/tools/inputs/") + model + ".yaml");
  std::printf("%zu distinct kernels\n", studied.seen.size());
  print(studied.counts);
  for (const Mutation::Kind kind :
       {Mutation::Kind::Barrier, Mutation::Kind::Address, Mutation::Kind::Range})
    EXPECT_GT(studied.counts[kind][Outcome::Reported], 0);
  study = nullptr;
}

} // namespace
} // namespace spherical::test
