//===- dft_codelet.cpp - kernels of short Fourier transforms ----*- C++ -*-===//
//
// The passes of dft_passes.h. The first reads the stage's input and the last writes its output, so
// that pruning, packing, mirroring, mask and relu cost no pass of their own. Two real rows x, x'
// travel as x + i x'.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/dft_codelet.h"

#include "passes/lower/tasks/butterfly.h"
#include "passes/lower/tasks/dft_passes.h"

#include "mlir/Dialect/Utils/IndexingUtils.h"

#include <tuple>

namespace mlir::spherical {

using namespace ::spherical::runtime;

/// Results of a direct sum at a time.
static constexpr int64_t kMostOutputs = 6;

int64_t DftCodelet::length() const { return computeProduct(radices); }

/// Complex transforms with bins of both signs side by side.
static bool isMirrored(DftKind kind) {
  return kind == DftKind::ComplexAnalysis || kind == DftKind::ComplexSynthesis;
}

/// Two for the passes in turn, the pairs of the largest prime, and one value that stands for all
/// beyond the limit of a mirrored transform.
SmallVector<int64_t> DftCodelet::buffers() const {
  int64_t largest = 0;
  for (int64_t radix : radices)
    if (radix > kLargestRadix)
      largest = std::max(largest, radix);
  return {2 * length(), 2 * length(), 2 * largest, isMirrored(kind) ? 2 : 0};
}

int64_t DftCodelet::workBytes() const { return blockBytes(lane, buffers()); }

std::string DftCodelet::name() const {
  static constexpr StringRef kinds[] = {"real_analysis",     "real_synthesis", "complex_analysis",
                                        "complex_synthesis", "plain_analysis", "plain_synthesis"};
  const std::string text = ("dft_" + kinds[static_cast<int>(kind)]).str() + splitName(radices);
  return text + "_" + lane.name() + (relu ? "_relu" : "") + (positive ? "_positive" : "") +
         (parity ? "_parity" : "") + (bfloat16 ? "_bf16" : "") +
         (mask == Mask::None   ? ""
          : mask == Mask::Bits ? "_bits"
                               : "_mask") +
         (inDeviceMemory ? "_device" : "");
}

namespace {

/// Emits the body of one dft kernel.
class DftEmitter {
public:
  /// `registers`: how many lane values they hold.
  DftEmitter(CodeletBuilder &c, const DftCodelet &codelet, int64_t registers, ValueRange args);

  void emit();

private:
  void realAnalysis();
  void realSynthesis();
  void complexAnalysis();
  void complexSynthesis();
  void plainAnalysis();
  void plainSynthesis();

  /// All passes, from load to store; a null one stands for a scratch buffer.
  void transform(const DftLoad &load, const DftStore &store);
  void pass(const DftPass &p, const DftLoad &load, const DftStore &store);
  void primePass(const DftPass &p, Value row, Value in, Value out, const DftLoad &load,
                 const DftStore &store);
  void primeOutputs(const DftPass &p, Value row, Value out, Complex first, const DftStore &store);
  SmallVector<Value> primeTerms(Value slot, Value factors, ValueRange sums);
  int64_t primeBlock(int64_t half) const;
  Value timesModulo(Value a, int64_t factor, int64_t modulus);
  void primePair(const DftPass &p, Value row, Value out, Value r, ArrayRef<Value> sums,
                 const DftStore &store);

  /// The same while the cache lines at `ahead`, of as many complex values, are asked for: one of
  /// each in the first pass and, where it takes more, one in the last.
  void transformAhead(Value ahead, const DftLoad &load, const DftStore &store);
  /// Where transforms without a stage input find it, and without an output leave it.
  Value inputBuffer() { return scratch[1]; }
  Value outputBuffer() { return scratch[(codelet.radices.size() + 1) % 2]; }
  /// The first values of the two rows of a pair, as positions of a function.
  std::pair<Value, Value> rowsOf(Value pair);
  void unpackRow(Value pair);
  void packRow(Value pair);

  CodeletBuilder &c;
  const DftCodelet &codelet;
  CodeletBuilder stored; ///< of the half-transformed function
  int64_t n, registers;
  int sign;
  Value in, out, mask, positive, twiddles, roots, orders, rows, limit, stride;
  Value scratch[2];
  Value prime;   ///< sums and differences of a large prime's inputs
  Value nothing; ///< a complex value, for mirrored transforms
};

DftEmitter::DftEmitter(CodeletBuilder &c, const DftCodelet &codelet, int64_t registers,
                       ValueRange args)
    : c(c), codelet(codelet), stored(c.storedIn(codelet.bfloat16)), n(codelet.length()),
      registers(registers), in(args[0]), out(args[1]), mask(args[2]), positive(args[3]),
      twiddles(args[4]), roots(args[5]), orders(args[6]), rows(args[7]), limit(args[8]),
      stride(args[9]) {
  bool synthesis = codelet.kind == DftKind::RealSynthesis ||
                   codelet.kind == DftKind::ComplexSynthesis ||
                   codelet.kind == DftKind::PlainSynthesis;
  sign = synthesis ? 1 : -1;
  SmallVector<int64_t> counts = codelet.buffers();
  Value *buffers[] = {&scratch[0], &scratch[1], &prime, &nothing};
  for (auto [buffer, count] : llvm::zip(buffers, counts))
    if (count > 0)
      *buffer = c.stack(count);
}

void DftEmitter::emit() {
  switch (codelet.kind) {
  case DftKind::RealAnalysis:
    return realAnalysis();
  case DftKind::RealSynthesis:
    return realSynthesis();
  case DftKind::ComplexAnalysis:
    return complexAnalysis();
  case DftKind::ComplexSynthesis:
    return complexSynthesis();
  case DftKind::PlainAnalysis:
    return plainAnalysis();
  case DftKind::PlainSynthesis:
    return plainSynthesis();
  }
}

void DftEmitter::transformAhead(Value ahead, const DftLoad &load, const DftStore &store) {
  if (c.lane.threads)
    return transform(load, store);
  auto ask = [&](Value base, int64_t offset, int64_t part) {
    c.prefetch(stored.at(stored.at(ahead, c.mul(base, 2)), 2 * offset + part));
  };
  auto loadAlso = [&](Value base, int64_t offset) {
    ask(base, offset, 0);
    return load(base, offset);
  };
  auto storeAlso = [&](Value base, int64_t offset, Complex value) {
    if (stored.lane.bytes() >= 64) // a cache line
      ask(base, offset, 1);
    store(base, offset, value);
  };
  transform(loadAlso, storeAlso);
}

//===----------------------------------------------------------------------===//
// Passes
//===----------------------------------------------------------------------===//

void DftEmitter::transform(const DftLoad &load, const DftStore &store) {
  const SmallVector<DftPass> passes = passesOf(codelet.radices);
  for (auto [index, p] : llvm::enumerate(passes))
    pass(p, index == 0 && load ? load : loadFrom(c, scratch[(index + 1) % 2]),
         index + 1 == passes.size() && store ? store : storeTo(c, scratch[index % 2]));
}

void DftEmitter::pass(const DftPass &p, const DftLoad &load, const DftStore &store) {
  overButterflies(c, p, [&](Value row, Value in, Value out) {
    if (p.radix <= kLargestRadix)
      butterflyPass(c, p, twiddles, sign, row, in, out, load, store);
    else
      primePass(p, row, in, out, load, store);
  });
}

/// The symmetric form of `butterfly` with loops: first t_k and u_k of k = g^i, then outputs r = g^j
/// in blocks, g a primitive root: the factors depend on i + j alone (primes.h).
void DftEmitter::primePass(const DftPass &p, Value row, Value in, Value out, const DftLoad &load,
                           const DftStore &store) {
  const int64_t half = p.radix / 2, step = p.stride * p.m, root = primitiveRoot(p.radix);
  Complex first = load(in, 0);
  SmallVector<Value> total =
      c.loop(c.integer(0), c.integer(half), {first.re, first.im, c.integer(1)},
             [&](Value i, ValueRange state) {
               Value k = state[2];
               Complex a = load(c.add(in, c.mul(k, step)), 0);
               Complex b = load(c.add(in, c.mul(c.sub(c.integer(p.radix), k), step)), 0);
               Complex t = c.addc(a, b), u = c.subc(a, b);
               Value slot = c.at(prime, c.mul(i, 4));
               storePair(c, t, slot);
               storePair(c, u, c.at(slot, 2));
               return SmallVector<Value>{c.addf(state[0], t.re), c.addf(state[1], t.im),
                                         timesModulo(k, root, p.radix)};
             });
  store(out, 0, {total[0], total[1]});
  primeOutputs(p, row, out, first, store);
}

/// a factor modulo `modulus`.
Value DftEmitter::timesModulo(Value a, int64_t factor, int64_t modulus) {
  return c.rem(c.mul(a, factor), c.integer(modulus));
}

/// Outputs at a time: as many as registers hold sums of, four values each beside t_k and u_k, with
/// the fewest left over.
int64_t DftEmitter::primeBlock(int64_t half) const {
  const int64_t most = c.lane.threads ? kMostOutputs : registers / 4 - 1;
  int64_t best = 1, least = 0;
  for (int64_t block = std::clamp<int64_t>(most, 2, kMostOutputs); block >= 1; --block) {
    const int64_t cost = (half + block - 1) / block * (block + 1);
    if (least == 0 || cost < least)
      std::tie(best, least) = std::pair(block, cost);
  }
  return best;
}

void DftEmitter::primeOutputs(const DftPass &p, Value row, Value out, Complex first,
                              const DftStore &store) {
  const int64_t half = p.radix / 2, block = primeBlock(half), root = primitiveRoot(p.radix);
  Value zero = c.constant(0.0), last = c.integer(half - block);
  Value table = c.atScalar(roots, c.integer(2 * rootsOffset(n, p.radix)));
  c.loop(c.integer(0), c.integer(half), c.integer(block), {c.integer(1)},
         [&](Value begin, ValueRange power) {
           // The last block may overlap the one before.
           Value j = c.minimum(begin, last);
           Value r = c.select(c.less(last, begin),
                              c.integer(powerModulo(root, half - block, p.radix)), power.front());
           SmallVector<Value> state; // block times a.re, a.im, b.re, b.im
           for (int64_t i = 0; i < block; ++i)
             state.append({first.re, first.im, zero, zero});
           SmallVector<Value> sums =
               c.loop(c.integer(0), c.integer(half), state, [&](Value i, ValueRange s) {
                 return primeTerms(c.at(prime, c.mul(i, 4)),
                                   c.atScalar(table, c.mul(c.add(i, j), 2)), s);
               });
           for (int64_t i = 0; i < block; ++i) {
             primePair(p, row, out, r, ArrayRef(sums).slice(4 * i, 4), store);
             r = timesModulo(r, root, p.radix);
           }
           return SmallVector<Value>{r};
         });
}

/// Adds the terms of t, u at `slot`, of factors from `factors` on, to sums a and b of outputs.
SmallVector<Value> DftEmitter::primeTerms(Value slot, Value factors, ValueRange sums) {
  Complex t = loadPair(c, slot), u = loadPair(c, c.at(slot, 2));
  SmallVector<Value> next;
  for (int64_t i = 0; i < static_cast<int64_t>(sums.size()); i += 4) {
    Value cosine = c.splat(c.loadScalar(factors, i / 2));
    Value sine = c.splat(c.loadScalar(factors, i / 2 + 1));
    next.append({c.fma(t.re, cosine, sums[i]), c.fma(t.im, cosine, sums[i + 1]),
                 c.fma(u.re, sine, sums[i + 2]), c.fma(u.im, sine, sums[i + 3])});
  }
  return next;
}

/// Outputs r and radix - r of a prime pass from sums = a.re, a.im, b.re, b.im: a ± sign i b.
void DftEmitter::primePair(const DftPass &p, Value row, Value out, Value r, ArrayRef<Value> sums,
                           const DftStore &store) {
  Complex plus{c.subf(sums[0], sums[3]), c.addf(sums[1], sums[2])};
  Complex minus{c.addf(sums[0], sums[3]), c.subf(sums[1], sums[2])};
  std::pair<Value, Complex> outputs[] = {
      {r, sign > 0 ? plus : minus},
      {c.sub(c.integer(p.radix), r), sign > 0 ? minus : plus},
  };
  for (auto &[position, value] : outputs) {
    if (p.m > 1) {
      Value index = c.add(c.add(c.mul(row, p.radix), position), p.twiddles);
      Value w = c.atScalar(twiddles, c.mul(index, 2));
      value = c.mulc(value, {c.splat(c.loadScalar(w)), c.splat(c.loadScalar(w, 1))}, sign < 0);
    }
    store(c.add(out, c.mul(position, p.stride)), 0, value);
  }
}

//===----------------------------------------------------------------------===//
// Real transforms, two rows at a time
//===----------------------------------------------------------------------===//

std::pair<Value, Value> DftEmitter::rowsOf(Value pair) {
  if (codelet.parity)
    return {c.mul(pair, n), c.mul(c.sub(c.add(rows, -1), pair), n)};
  Value first = c.mul(pair, 2 * n);
  return {first, c.add(first, n)};
}

void DftEmitter::realAnalysis() {
  c.distribute(c.div(rows, c.integer(2)), [&](Value pair) {
    const auto [one, two] = rowsOf(pair);
    auto part = [&, one = one, two = two](bool second, Value base, int64_t offset) {
      Value at = c.add(second ? two : one, base);
      Value value = c.load(c.at(c.at(in, at), offset));
      if (codelet.mask == DftCodelet::Mask::Bits)
        return c.whereBit(c.atWord(mask, c.add(at, offset)), value);
      if (codelet.mask == DftCodelet::Mask::Values)
        return c.wherePositive(c.load(c.at(c.at(mask, at), offset)), value);
      return value;
    };
    auto load = [&](Value base, int64_t offset) {
      return Complex{part(false, base, offset), part(true, base, offset)};
    };
    transform(load, nullptr);
    unpackRow(pair);
  });
}

/// With Z = F + i F': F_k = (Z_k + conj Z_{n-k}) / 2 and F'_k = (Z_k - conj Z_{n-k}) / 2i; for
/// parity their sum and difference.
void DftEmitter::unpackRow(Value pair) {
  Value half = c.constant(0.5), zero = c.integer(0);
  DftLoad z = loadFrom(c, outputBuffer());
  c.loop(limit, [&](Value k) {
    Complex a = z(k, 0);
    Complex b = z(c.select(c.equal(k, zero), zero, c.sub(c.integer(n), k)), 0);
    Complex first{c.addf(a.re, b.re), c.subf(a.im, b.im)};
    Complex second{c.addf(a.im, b.im), c.subf(b.re, a.re)};
    if (codelet.parity) {
      Complex sum = c.addc(first, second);
      second = c.subc(first, second);
      first = sum;
    }
    Value row = stored.at(out, c.mul(c.add(c.mul(k, stride), c.mul(pair, 2)), 2));
    storePair(stored, {c.mulf(first.re, half), c.mulf(first.im, half)}, row);
    storePair(stored, {c.mulf(second.re, half), c.mulf(second.im, half)}, stored.at(row, 2));
  });
}

void DftEmitter::realSynthesis() {
  c.distribute(c.div(rows, c.integer(2)), [&](Value pair) {
    packRow(pair);
    const auto [one, two] = rowsOf(pair);
    auto part = [&](Value row, Value base, int64_t offset, Value value) {
      Value at = c.add(row, base);
      if (codelet.positive)
        c.storePositive(value, c.atWord(positive, c.add(at, offset)));
      c.store(codelet.relu ? c.relu(value) : value, c.at(c.at(out, at), offset));
    };
    auto store = [&, one = one, two = two](Value base, int64_t offset, Complex value) {
      part(one, base, offset, value.re);
      part(two, base, offset, value.im);
    };
    transform(nullptr, store);
  });
}

/// Z = F + i F' on orders -(limit-1) .. limit-1, with F_{-k} = conj F_k and real F_0; else 0. Bin
/// n / 2, if there is one, is its own mirror image and real, too.
void DftEmitter::packRow(Value pair) {
  DftStore z = storeTo(c, inputBuffer());
  Value one = c.integer(1), length = c.integer(n), zero = c.constant(0.0);
  Value middle = c.integer((n + 1) / 2);
  auto rowPair = [&](Value k) {
    Value row = stored.at(in, c.mul(c.add(c.mul(k, stride), c.mul(pair, 2)), 2));
    Complex a = loadPair(stored, row), b = loadPair(stored, stored.at(row, 2));
    return codelet.parity ? std::pair(c.addc(a, b), c.subc(a, b)) : std::pair(a, b);
  };
  const auto [first, second] = rowPair(c.integer(0));
  z(c.integer(0), 0, {first.re, second.re});
  c.loop(one, c.minimum(limit, middle), 1, [&](Value k) {
    const auto [a, b] = rowPair(k);
    z(k, 0, {c.subf(a.re, b.im), c.addf(a.im, b.re)});
    z(c.sub(length, k), 0, {c.addf(a.re, b.im), c.subf(b.re, a.im)});
  });
  c.loop(middle, limit, 1, [&](Value k) {
    const auto [a, b] = rowPair(k);
    z(k, 0, {a.re, b.re});
  });
  c.loop(limit, c.add(c.sub(length, limit), 1), 1, [&](Value k) { z(k, 0, {zero, zero}); });
}

//===----------------------------------------------------------------------===//
// Complex transforms
//===----------------------------------------------------------------------===//

void DftEmitter::complexAnalysis() {
  Value length = c.integer(n);
  c.loop(orders, [&](Value order) {
    Value block = c.at(out, c.mul(c.mul(c.mul(order, limit), rows), 4));
    c.distribute(rows, [&](Value row) {
      Value own = stored.at(in, c.mul(c.add(c.mul(order, rows), row), 2 * n));
      DftLoad load = loadFrom(stored, own);
      Value up = c.at(block, c.mul(row, 4));
      Value down = c.at(block, c.add(c.mul(c.sub(c.add(rows, -1), row), 4), 2));
      auto store = [&](Value base, int64_t offset, Complex value) {
        Value k = c.add(base, offset), minus = c.sub(length, k);
        Value other =
            c.select(c.less(minus, limit), c.at(down, c.mul(c.mul(minus, rows), 4)), nothing);
        storePair(c, value, c.select(c.less(k, limit), c.at(up, c.mul(c.mul(k, rows), 4)), other));
      };
      transformAhead(stored.at(own, 2 * n), load, store);
      storePair(c, loadPair(c, up), down); // order -0
    });
  });
}

void DftEmitter::complexSynthesis() {
  Value length = c.integer(n), zero = c.constant(0.0);
  storePair(c, {zero, zero}, nothing);
  c.loop(orders, [&](Value order) {
    Value block = c.at(in, c.mul(c.mul(c.mul(order, limit), rows), 4));
    c.distribute(rows, [&](Value row) {
      Value up = c.at(block, c.mul(row, 4));
      Value down = c.at(block, c.add(c.mul(c.sub(c.add(rows, -1), row), 4), 2));
      auto load = [&](Value base, int64_t offset) {
        Value k = c.add(base, offset), minus = c.sub(length, k);
        Value other =
            c.select(c.less(minus, limit), c.at(down, c.mul(c.mul(minus, rows), 4)), nothing);
        return loadPair(c, c.select(c.less(k, limit), c.at(up, c.mul(c.mul(k, rows), 4)), other));
      };
      Value own = stored.at(out, c.mul(c.add(c.mul(order, rows), row), 2 * n));
      transformAhead(stored.at(own, 2 * n), load, storeTo(stored, own));
    });
  });
}

//===----------------------------------------------------------------------===//
// Plain transforms: a complex row, all of its bins
//===----------------------------------------------------------------------===//

void DftEmitter::plainAnalysis() {
  c.distribute(rows, [&](Value row) {
    Value bins = c.at(out, c.mul(row, 2));
    auto store = [&](Value base, int64_t offset, Complex value) {
      storePair(c, value, c.at(bins, c.mul(c.add(base, offset), c.mul(stride, 2))));
    };
    transform(loadFrom(c, c.at(in, c.mul(row, 2 * n))), store);
  });
}

void DftEmitter::plainSynthesis() {
  c.distribute(rows, [&](Value row) {
    Value bins = c.at(in, c.mul(row, 2));
    auto load = [&](Value base, int64_t offset) {
      return loadPair(c, c.at(bins, c.mul(c.add(base, offset), c.mul(stride, 2))));
    };
    transform(load, storeTo(c, c.at(out, c.mul(row, 2 * n))));
  });
}

} // namespace

LLVM::LLVMFuncOp dftKernel(KernelLibrary &kernels, const DftCodelet &codelet, Location loc) {
  Type pointer = LLVM::LLVMPointerType::get(kernels.module.getContext());
  Type integer = IntegerType::get(kernels.module.getContext(), 64);
  SmallVector<Type> arguments(6, pointer);
  arguments.append(4, integer);
  if (codelet.inDeviceMemory)
    arguments.push_back(pointer);
  const int64_t registers = kernels.registers.valuesOf(codelet.lane.bytes());
  return kernels.get(codelet.name(), arguments, codelet.lane, loc,
                     [&](CodeletBuilder &c, ValueRange args) {
                       if (codelet.inDeviceMemory)
                         c.work = args.back();
                       DftEmitter(c, codelet, registers, args).emit();
                     });
}

} // namespace mlir::spherical
