//===- dft_map_codelet.cpp - real transforms there and back -----*- C++ -*-===//
//
// Two real rows f, f' travel as f + i f'. The passes of the synthesis (dft_passes.h) end with
// butterflies whose results are the values of the rows; there they are mapped, and are what a
// butterfly of the transposed pass starts from: the analysis is the adjoint of the synthesis, pass
// by pass. So values of functions are in registers alone. The first pass makes f + i f' of bins as
// it reads them, and the last makes bins of it:
//   bins --pass 0--> ... --pass T--> f --map--> g --pass T'--> ... --pass 0'--> bins
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/dft_map_codelet.h"

#include "passes/lower/tasks/butterfly.h"
#include "passes/lower/tasks/dft_passes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

namespace mlir::spherical {

int64_t DftMapCodelet::length() const { return computeProduct(radices); }

SmallVector<int64_t> DftMapCodelet::buffers() const {
  return {2 * length(), radices.size() > 2 ? 2 * length() : 0};
}

int64_t DftMapCodelet::workBytes() const { return blockBytes(lane, buffers()); }

std::string DftMapCodelet::name() const {
  std::string text = "dft_map" + splitName(radices);
  for (int64_t count : {limit, result, fromStride, toStride})
    text += "_" + std::to_string(count);
  return text + "_" + lane.name() + (relu ? "_relu" : "") + (positive ? "_positive" : "") +
         (mask ? "_bits" : "") + (bfloat16 ? "_bf16" : "") + (inDeviceMemory ? "_device" : "");
}

namespace {

/// What value j of a transform of two real rows is made of: nothing, the real parts of bin j, bin j
/// or the conjugate of bin n - j.
enum class Source { Zero, Real, Bin, Conjugate };

/// Emits the body of one kernel.
class DftMapEmitter {
public:
  DftMapEmitter(CodeletBuilder &c, const DftMapCodelet &codelet, ValueRange args);

  void emit();

private:
  using Complexes = SmallVector<Complex>;

  /// Calls body for the numbers from `begin` up to `end`, in loops over those of one key: with the
  /// number, and with one that stands for all of the loop.
  void overRuns(int64_t begin, int64_t end, llvm::function_ref<SmallVector<int64_t>(int64_t)> keyOf,
                llvm::function_ref<void(Value row, int64_t any)> body);

  void firstPass();
  Source sourceOf(int64_t j) const;
  /// Value p + m k, p being `row`.
  Complex value(Source source, Value up, Value down, int64_t k);
  void prefetch(Value bin, bool second);

  void meet();
  Value mapped(Value value, Value first, Value at, int64_t offset);

  void lastPass();
  Complexes outputs(Value row);
  /// Bins first + m k of the two rows, from `start` on, where they are asked for, from values z
  /// there and those at their mirror images.
  void storeBins(Value start, int64_t first, const Complexes &z,
                 llvm::function_ref<Complex(int64_t k)> mirrored);

  CodeletBuilder &c;
  const DftMapCodelet &codelet;
  CodeletBuilder stored; ///< of bins
  const int64_t n;
  const SmallVector<DftPass> passes;
  Value in, out, mask, positive, twiddles, rows;
  Value scratch[2];
  Value pair, from, to; ///< the rows at hand, and where their bins 0 are
};

DftMapEmitter::DftMapEmitter(CodeletBuilder &c, const DftMapCodelet &codelet, ValueRange args)
    : c(c), codelet(codelet), stored(c.storedIn(codelet.bfloat16)), n(codelet.length()),
      passes(passesOf(codelet.radices)), in(args[0]), out(args[1]), mask(args[2]),
      positive(args[3]), twiddles(args[4]), rows(args[5]) {
  for (auto [buffer, count] : llvm::zip(scratch, codelet.buffers()))
    if (count > 0)
      buffer = c.stack(count);
}

void DftMapEmitter::emit() {
  c.distribute(c.div(rows, c.integer(2)), [&](Value number) {
    pair = number;
    from = stored.at(in, c.mul(pair, 4));
    to = stored.at(out, c.mul(pair, 4));
    firstPass();
    const size_t last = passes.size() - 1;
    for (size_t t = 1; t < last; ++t)
      overButterflies(c, passes[t], [&](Value row, Value x, Value y) {
        butterflyPass(c, passes[t], twiddles, /*sign=*/1, row, x, y,
                      loadFrom(c, scratch[(t + 1) % 2]), storeTo(c, scratch[t % 2]));
      });
    meet();
    for (size_t t = last - 1; t >= 1; --t)
      overButterflies(c, passes[t], [&](Value row, Value x, Value y) {
        const Complexes values = transposedButterfly(c, passes[t], twiddles, /*sign=*/-1, row, y,
                                                     loadFrom(c, scratch[t % 2]));
        const DftStore store = storeTo(c, scratch[(t + 1) % 2]);
        for (auto [k, value] : llvm::enumerate(values))
          store(x, passes[t].stride * passes[t].m * static_cast<int64_t>(k), value);
      });
    lastPass();
  });
}

void DftMapEmitter::overRuns(int64_t begin, int64_t end,
                             llvm::function_ref<SmallVector<int64_t>(int64_t)> keyOf,
                             llvm::function_ref<void(Value row, int64_t any)> body) {
  while (begin < end) {
    const SmallVector<int64_t> key = keyOf(begin);
    int64_t next = begin + 1;
    while (next < end && keyOf(next) == key)
      ++next;
    if (next == begin + 1)
      body(c.integer(begin), begin);
    else
      c.loop(c.integer(begin), c.integer(next), 1, [&](Value row) { body(row, begin); });
    begin = next;
  }
}

//===----------------------------------------------------------------------===//
// The first pass
//===----------------------------------------------------------------------===//

Source DftMapEmitter::sourceOf(int64_t j) const {
  if (j < codelet.limit)
    return j == 0 || 2 * j == n ? Source::Real : Source::Bin;
  return n - j < codelet.limit ? Source::Conjugate : Source::Zero;
}

/// Asks for half of what the next two rows read in the place of `bin`.
void DftMapEmitter::prefetch(Value bin, bool second) {
  constexpr int64_t line = 64;
  const int64_t bytes = stored.lane.bytes();
  if (c.lane.threads || (second && 2 * bytes < line))
    return;
  for (int64_t at = 0; at < 2; at += std::max<int64_t>(1, line / bytes))
    c.prefetch(stored.at(bin, 4 + (second ? 2 : 0) + at));
}

Complex DftMapEmitter::value(Source source, Value up, Value down, int64_t k) {
  const int64_t step = 2 * codelet.fromStride, m = passes.front().m;
  if (source == Source::Zero)
    return {c.constant(0.0), c.constant(0.0)};
  if (source == Source::Conjugate) {
    Value bin = stored.at(down, step * (n - m * k));
    const Complex a = loadPair(stored, bin), b = loadPair(stored, stored.at(bin, 2));
    prefetch(bin, true);
    return {c.addf(a.re, b.im), c.subf(b.re, a.im)};
  }
  Value bin = stored.at(up, step * m * k);
  prefetch(bin, false);
  if (source == Source::Real) {
    prefetch(bin, true);
    return {stored.load(bin), stored.load(bin, 2)};
  }
  const Complex a = loadPair(stored, bin), b = loadPair(stored, stored.at(bin, 2));
  return {c.subf(a.re, b.im), c.addf(a.im, b.re)};
}

/// f + i f' of the bins a, b of the two rows: a + i b, and for orders below 0 conj a + i conj b.
void DftMapEmitter::firstPass() {
  const DftPass &pass = passes.front();
  auto sources = [&](int64_t p) {
    SmallVector<int64_t> all;
    for (int64_t k = 0; k < pass.radix; ++k)
      all.push_back(static_cast<int64_t>(sourceOf(p + pass.m * k)));
    return all;
  };
  overRuns(0, pass.m, sources, [&](Value row, int64_t any) {
    const int64_t step = 2 * codelet.fromStride;
    Value up = stored.at(from, c.mul(row, step)), down = stored.at(from, c.mul(row, -step));
    const SmallVector<int64_t> all = sources(any);
    auto load = [&](Value, int64_t offset) {
      const int64_t k = offset / pass.m;
      return value(static_cast<Source>(all[k]), up, down, k);
    };
    butterflyPass(c, pass, twiddles, /*sign=*/1, row, row, c.mul(row, pass.radix), load,
                  storeTo(c, scratch[0]));
  });
}

//===----------------------------------------------------------------------===//
// Where the transforms meet
//===----------------------------------------------------------------------===//

/// g of a value f of a row that starts at `first`.
Value DftMapEmitter::mapped(Value value, Value first, Value at, int64_t offset) {
  Value position = c.add(c.add(first, at), offset);
  if (codelet.positive)
    c.storePositive(value, c.atWord(positive, position));
  if (codelet.mask)
    return c.whereBit(c.atWord(mask, position), value);
  return codelet.relu ? c.relu(value) : value;
}

void DftMapEmitter::meet() {
  const DftPass &pass = passes.back();
  Value buffer = scratch[(passes.size() - 2) % 2];
  Value one = c.mul(pair, 2 * n), two = c.add(one, n);
  overButterflies(c, pass, [&](Value row, Value x, Value) {
    Complexes f;
    auto keep = [&](Value, int64_t, Complex value) { f.push_back(value); };
    butterflyPass(c, pass, twiddles, /*sign=*/1, row, x, x, loadFrom(c, buffer), keep);
    for (auto [r, value] : llvm::enumerate(f)) {
      const int64_t offset = pass.stride * static_cast<int64_t>(r);
      value = {mapped(value.re, one, x, offset), mapped(value.im, two, x, offset)};
    }
    const DftStore store = storeTo(c, buffer);
    for (auto [k, value] : llvm::enumerate(butterfly(c, f, /*sign=*/-1)))
      store(x, pass.stride * static_cast<int64_t>(k), value);
  });
}

//===----------------------------------------------------------------------===//
// The last pass
//===----------------------------------------------------------------------===//

/// Values p + m k, p being `row`.
DftMapEmitter::Complexes DftMapEmitter::outputs(Value row) {
  const DftPass &pass = passes.front();
  return transposedButterfly(c, pass, twiddles, /*sign=*/-1, row, c.mul(row, pass.radix),
                             loadFrom(c, scratch[0]));
}

/// With Z = F + i F': F_j = (Z_j + conj Z_{n-j}) / 2 and F'_j = (Z_j - conj Z_{n-j}) / 2i.
void DftMapEmitter::storeBins(Value start, int64_t first, const Complexes &z,
                              llvm::function_ref<Complex(int64_t k)> mirrored) {
  const int64_t m = passes.front().m;
  Value half = c.constant(0.5);
  for (int64_t k = 0; k < static_cast<int64_t>(z.size()) && first + m * k < codelet.result; ++k) {
    const Complex a = z[k], b = mirrored(k);
    Value bin = stored.at(start, 2 * codelet.toStride * m * k);
    storePair(stored, {c.mulf(c.addf(a.re, b.re), half), c.mulf(c.subf(a.im, b.im), half)}, bin);
    storePair(stored, {c.mulf(c.addf(a.im, b.im), half), c.mulf(c.subf(b.re, a.re), half)},
              stored.at(bin, 2));
  }
}

/// The mirror image of value p + m k is m - p + m (R - 1 - k), of value m k it is m (R - k).
void DftMapEmitter::lastPass() {
  const DftPass &pass = passes.front();
  const int64_t m = pass.m, radix = pass.radix, step = 2 * codelet.toStride;
  const Complexes origin = outputs(c.integer(0));
  storeBins(to, 0, origin, [&](int64_t k) { return origin[(radix - k) % radix]; });
  auto counts = [&](int64_t p) {
    SmallVector<int64_t> asked;
    for (int64_t first : {p, m - p})
      asked.push_back((codelet.result - first + m - 1) / m);
    return asked;
  };
  overRuns(1, (m + 1) / 2, counts, [&](Value row, int64_t p) {
    Value offset = c.mul(row, step);
    const Complexes z = outputs(row), w = outputs(c.sub(c.integer(m), row));
    storeBins(stored.at(to, offset), p, z, [&](int64_t k) { return w[radix - 1 - k]; });
    storeBins(stored.at(stored.at(to, step * m), c.mul(row, -step)), m - p, w,
              [&](int64_t k) { return z[radix - 1 - k]; });
  });
  if (m % 2 != 0)
    return;
  const Complexes middle = outputs(c.integer(m / 2));
  storeBins(stored.at(to, step * (m / 2)), m / 2, middle,
            [&](int64_t k) { return middle[radix - 1 - k]; });
}

} // namespace

LLVM::LLVMFuncOp dftMapKernel(KernelLibrary &kernels, const DftMapCodelet &codelet, Location loc) {
  Type pointer = LLVM::LLVMPointerType::get(kernels.module.getContext());
  SmallVector<Type> arguments(5, pointer);
  arguments.push_back(IntegerType::get(kernels.module.getContext(), 64));
  if (codelet.inDeviceMemory)
    arguments.push_back(pointer);
  LLVM::LLVMFuncOp kernel = kernels.get(codelet.name(), arguments, codelet.lane, loc,
                                        [&](CodeletBuilder &c, ValueRange args) {
                                          if (codelet.inDeviceMemory)
                                            c.work = args.back();
                                          DftMapEmitter(c, codelet, args).emit();
                                        });
  for (unsigned bins : {0, 1}) // which may be the same memory
    kernel.removeArgAttr(bins, LLVM::LLVMDialect::getNoAliasAttrName());
  return kernel;
}

} // namespace mlir::spherical
