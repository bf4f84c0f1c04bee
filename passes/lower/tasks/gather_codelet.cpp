//===- gather_codelet.cpp - kernels of sparse linear maps -------*- C++ -*-===//
//
// out[i] = sum_t coefficients[i, t] in[indices[i, t]], on lane buffers, on scalars, or from dense
// samples to lanes and back, where lane w is sample first + w while that is below the count. A row
// of several results reads each value once for all of them.
//
//===----------------------------------------------------------------------===//

#include "passes/lower/tasks/gather_codelet.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::spherical {

std::string GatherCodelet::name() const {
  static constexpr StringRef modes[] = {"lanes", "scalar", "to_lanes", "from_lanes"};
  return ("gather_" + modes[static_cast<int>(mode)] + "_" + lane.name() +
          (indices ? "_indexed" : "") + (coefficients ? "_weighted" : "") +
          (terms == 1                ? std::string()
           : terms <= kUnrolledTerms ? "_" + std::to_string(terms)
                                     : "_sum") +
          (results > 1 ? "_results" + std::to_string(results) : "") +
          (positions > 0 ? "_of" + std::to_string(positions) : ""))
      .str();
}

namespace {

/// From the row that is made to the one whose terms are asked for.
constexpr int64_t kRowsAhead = 64;

/// Squares of values that are moved at a time between files and lanes.
constexpr int64_t kSquares = 8;

/// Emits the body of one gather kernel.
class GatherEmitter {
public:
  GatherEmitter(CodeletBuilder &c, const GatherCodelet &codelet, ValueRange args)
      : c(c), codelet(codelet), in(args[0]), out(args[1]), indices(args[2]), coefficients(args[3]),
        count(args[4]), stride(args[6]), first(args[7]), samples(args[8]) {
    terms = codelet.terms > kUnrolledTerms ? args[5] : c.integer(codelet.terms);
  }

  /// In and out in units of the codelet builder's lane value.
  void plain();
  /// Between files and lanes, value by value.
  void toLanes(Value begin, Value end);
  void fromLanes(Value begin, Value end);
  /// The same by squares of as many values of each lane as there are lanes, which are transposed in
  /// registers, and what is left value by value. Samples may lie a power of two apart, where a
  /// cache has place for few lines of them together: several squares' values of one are moved at
  /// once.
  void toLanesBySquares();
  void fromLanesBySquares();
  Value getCount() const { return count; }

private:
  void prefetchTerms(Value i);
  /// The sums of a row's results, in which terms are added.
  using Sums = SmallVector<Value>;

  /// sum_t coefficients[i, t] load(indices[i, t]), for so many results of row i from `result` on.
  Sums sums(Value i, Value result, int64_t results, llvm::function_ref<Value(Value)> load);
  Value sum(Value i, llvm::function_ref<Value(Value)> load) {
    return sums(i, c.integer(0), 1, load).front();
  }
  /// Calls body for as many results at a time as registers hold sums of.
  void overResults(llvm::function_ref<void(Value result, int64_t results)> body);
  Sums inBlocks(Sums first, llvm::function_ref<Sums(Value t, ValueRange sums)> next);
  /// Calls body for several squares of values at a time, then for single ones, and rest for what is
  /// left.
  void overSquares(llvm::function_ref<void(Value first, int64_t squares)> body,
                   llvm::function_ref<void(Value begin, Value end)> rest);
  Value coefficient(Value position, Value result);
  Value index32(Value position);
  Value plus(Value a, Value b);
  /// Runs of i that keep the cache lines of all lanes while the lanes run.
  void overBlocks(Value begin, Value end, llvm::function_ref<void(Value begin, Value end)> body);

  CodeletBuilder &c;
  const GatherCodelet &codelet;
  Value in, out, indices, coefficients, count, terms, stride, first, samples;
};

Value GatherEmitter::index32(Value position) {
  Type i32 = c.ops.getI32Type();
  CodeletBuilder narrow(c.ops, c.loc, {i32, 1});
  return c.extend(narrow.loadScalar(indices, position));
}

Value GatherEmitter::plus(Value a, Value b) {
  return isa<FloatType>(c.lane.element) ? c.addf(a, b) : c.add(a, b);
}

/// Of the term at `position` and one of the row's results.
Value GatherEmitter::coefficient(Value position, Value result) {
  Value place = c.add(c.mul(position, codelet.results), result);
  return c.splat(c.loadScalar(c.atScalar(coefficients, place)));
}

void GatherEmitter::overResults(llvm::function_ref<void(Value result, int64_t results)> body) {
  constexpr int64_t most = 8;
  const int64_t whole = codelet.results / most * most;
  if (whole > 0)
    c.loop(c.integer(0), c.integer(whole), most, [&](Value result) { body(result, most); });
  if (whole < codelet.results)
    body(c.integer(whole), codelet.results - whole);
}

GatherEmitter::Sums GatherEmitter::sums(Value i, Value result, int64_t results,
                                        llvm::function_ref<Value(Value)> load) {
  Value start = c.mul(i, terms);
  Value one = load(codelet.indices ? index32(start) : i);
  Sums total;
  for (int64_t r = 0; r < results; ++r)
    total.push_back(codelet.coefficients ? c.mulf(one, coefficient(start, c.add(result, r))) : one);
  auto next = [&](Value position, ValueRange sums) {
    Value value = load(index32(position));
    Sums more;
    for (auto [r, sum] : llvm::enumerate(sums)) {
      Value own = c.add(result, static_cast<int64_t>(r));
      more.push_back(codelet.coefficients ? c.fma(value, coefficient(position, own), sum)
                                          : plus(sum, value));
    }
    return more;
  };
  if (codelet.terms > kUnrolledTerms)
    return inBlocks(total, [&](Value t, ValueRange sums) { return next(c.add(start, t), sums); });
  for (int64_t t = 1; t < codelet.terms; ++t)
    total = next(c.add(start, t), total);
  return total;
}

/// The first term and all others, added up in blocks: no chain of roundings is long, and several
/// sums run at a time, as each waits for its own.
GatherEmitter::Sums
GatherEmitter::inBlocks(Sums first, llvm::function_ref<Sums(Value t, ValueRange sums)> next) {
  constexpr int64_t block = 64;
  const auto results = static_cast<int64_t>(first.size());
  const int64_t chains = results == 1 ? 4 : 2;
  Value zero = arith::ConstantOp::create(c.ops, c.loc, c.ops.getZeroAttr(first[0].getType()));
  auto blockSums = [&](Value begin, ValueRange carried) {
    Value end = c.minimum(c.add(begin, block), terms);
    Value whole = c.sub(end, c.rem(c.sub(end, begin), c.integer(chains)));
    Sums zeros(chains * results, zero);
    Sums parts = c.loop(begin, whole, c.integer(chains), zeros, [&](Value t, ValueRange sums) {
      Sums all;
      for (int64_t k = 0; k < chains; ++k)
        all.append(next(c.add(t, k), sums.slice(k * results, results)));
      return all;
    });
    Sums rest = c.loop(whole, end, ValueRange(parts).take_front(results),
                       [&](Value t, ValueRange sums) { return next(t, sums); });
    llvm::copy(rest, parts.begin());
    Sums total;
    for (int64_t result = 0; result < results; ++result) {
      auto part = [&](int64_t k) { return parts[k * results + result]; };
      Value sum = plus(part(0), part(1));
      if (chains == 4)
        sum = plus(sum, plus(part(2), part(3)));
      total.push_back(plus(carried[result], sum));
    }
    return total;
  };
  return c.loop(c.integer(1), terms, c.integer(block), first, blockSums);
}

/// Asks for what row `i` is made of.
void GatherEmitter::prefetchTerms(Value i) {
  for (int64_t t = 0; t < codelet.terms; ++t)
    c.prefetch(c.at(in, index32(c.add(c.mul(i, terms), t))));
}

void GatherEmitter::plain() {
  if (codelet.positions > 0)
    c.loop(codelet.positions, [&](Value position) { c.prefetch(c.at(in, position)); });
  const bool ahead =
      codelet.indices && codelet.terms <= kUnrolledTerms && !c.lane.threads && c.lane.width > 1;
  Value last = c.add(count, -1);
  c.distribute(count, [&](Value i) {
    if (ahead)
      prefetchTerms(c.minimum(c.add(i, kRowsAhead), last));
    overResults([&](Value result, int64_t results) {
      const Sums values =
          sums(i, result, results, [&](Value position) { return c.load(in, position); });
      for (auto [r, value] : llvm::enumerate(values)) {
        Value own = c.add(result, static_cast<int64_t>(r));
        c.store(value, out, c.add(i, c.mul(count, own)));
      }
    });
  });
}

void GatherEmitter::overBlocks(Value begin, Value end,
                               llvm::function_ref<void(Value begin, Value end)> body) {
  constexpr int64_t block = 64;
  if (c.lane.threads)
    return c.distribute(end, [&](Value i) { body(i, c.add(i, 1)); });
  c.loop(begin, end, block, [&](Value first) { body(first, c.minimum(c.add(first, block), end)); });
}

void GatherEmitter::toLanes(Value begin, Value end) {
  Type element = c.lane.element;
  Value zero = arith::ConstantOp::create(c.ops, c.loc, c.ops.getZeroAttr(element));
  int64_t width = codelet.lane.width;
  overBlocks(begin, end, [&](Value begin, Value end) {
    c.lanes(width, [&](Value w) {
      Value sample = c.add(first, w);
      auto store = [&](Value i, Value value) {
        c.storeScalar(value, c.atScalar(out, c.add(c.mul(i, width), w)));
      };
      auto copy = [&] {
        Value base = c.atScalar(in, c.mul(sample, stride));
        c.loop(begin, end, 1, [&](Value i) {
          store(i, sum(i, [&](Value position) { return c.loadScalar(base, position); }));
        });
      };
      auto clear = [&] { c.loop(begin, end, 1, [&](Value i) { store(i, zero); }); };
      c.branch(c.less(sample, samples), copy, clear);
    });
  });
}

void GatherEmitter::fromLanes(Value begin, Value end) {
  int64_t width = codelet.lane.width;
  overBlocks(begin, end, [&](Value begin, Value end) {
    c.lanes(width, [&](Value w) {
      Value sample = c.add(first, w);
      c.branch(c.less(sample, samples), [&] {
        Value base = c.atScalar(out, c.mul(sample, stride));
        c.loop(begin, end, 1, [&](Value i) {
          Value value = sum(i, [&](Value position) {
            return c.loadScalar(in, c.add(c.mul(position, width), w));
          });
          c.storeScalar(value, c.atScalar(base, i));
        });
      });
    });
  });
}

/// Row i of the result holds value i of each row: log2(rows) rounds that exchange halves.
SmallVector<Value> transposed(CodeletBuilder &c, SmallVector<Value> rows) {
  const auto width = static_cast<int64_t>(rows.size());
  for (int64_t half = 1; half < width; half *= 2) {
    SmallVector<int64_t> low, high;
    for (int64_t i = 0; i < width; ++i) {
      const bool second = (i & half) != 0;
      low.push_back(second ? width + i - half : i);
      high.push_back(second ? width + i : i + half);
    }
    SmallVector<Value> next(rows);
    for (int64_t i = 0; i < width; ++i)
      if ((i & half) == 0) {
        next[i] = vector::ShuffleOp::create(c.ops, c.loc, rows[i], rows[i + half], low);
        next[i + half] = vector::ShuffleOp::create(c.ops, c.loc, rows[i], rows[i + half], high);
      }
    rows = next;
  }
  return rows;
}

void GatherEmitter::overSquares(llvm::function_ref<void(Value first, int64_t squares)> body,
                                llvm::function_ref<void(Value begin, Value end)> rest) {
  Value begin = c.integer(0);
  for (const int64_t squares : {kSquares, int64_t(1)}) {
    const int64_t size = squares * codelet.lane.width;
    Value end = c.mul(c.div(count, c.integer(size)), size);
    c.loop(begin, end, size, [&](Value first) { body(first, squares); });
    begin = end;
  }
  rest(begin, count);
}

void GatherEmitter::toLanesBySquares() {
  const int64_t width = codelet.lane.width;
  CodeletBuilder wide(c.ops, c.loc, codelet.lane);
  Value zero = arith::ConstantOp::create(c.ops, c.loc, c.ops.getZeroAttr(codelet.lane.get()));
  Value block = wide.stack(kSquares * width); // [lane][square]
  auto body = [&](Value begin, int64_t squares) {
    c.loop(width, [&](Value w) {
      Value own = wide.at(block, c.mul(w, squares)), sample = c.add(first, w);
      auto read = [&] {
        Value row = c.atScalar(c.atScalar(in, c.mul(sample, stride)), begin);
        for (int64_t s = 0; s < squares; ++s)
          wide.store(wide.load(row, s), own, s);
      };
      auto clear = [&] {
        for (int64_t s = 0; s < squares; ++s)
          wide.store(zero, own, s);
      };
      c.branch(c.less(sample, samples), read, clear);
    });
    c.loop(squares, [&](Value square) {
      SmallVector<Value> rows;
      for (int64_t w = 0; w < width; ++w)
        rows.push_back(wide.load(wide.at(block, c.add(square, w * squares))));
      Value to = c.add(begin, c.mul(square, width));
      for (auto [k, value] : llvm::enumerate(transposed(c, rows)))
        wide.store(value, out, c.add(to, static_cast<int64_t>(k)));
    });
  };
  overSquares(body, [&](Value begin, Value end) { toLanes(begin, end); });
}

void GatherEmitter::fromLanesBySquares() {
  const int64_t width = codelet.lane.width;
  CodeletBuilder wide(c.ops, c.loc, codelet.lane);
  GatherEmitter lanes(wide, codelet,
                      {in, out, indices, coefficients, count, terms, stride, first, samples});
  Value block = wide.stack(kSquares * width); // [lane][square]
  auto body = [&](Value begin, int64_t squares) {
    c.loop(squares, [&](Value square) {
      Value from = c.add(begin, c.mul(square, width));
      SmallVector<Value> rows;
      for (int64_t k = 0; k < width; ++k)
        rows.push_back(lanes.sum(c.add(from, k), [&](Value at) { return wide.load(in, at); }));
      for (auto [w, value] : llvm::enumerate(transposed(c, rows)))
        wide.store(value, wide.at(block, c.add(square, static_cast<int64_t>(w) * squares)));
    });
    c.loop(width, [&](Value w) {
      Value own = wide.at(block, c.mul(w, squares)), sample = c.add(first, w);
      c.branch(c.less(sample, samples), [&] {
        Value row = c.atScalar(c.atScalar(out, c.mul(sample, stride)), begin);
        for (int64_t s = 0; s < squares; ++s)
          wide.store(wide.load(own, s), row, s);
      });
    });
  };
  overSquares(body, [&](Value begin, Value end) { fromLanes(begin, end); });
}

} // namespace

LLVM::LLVMFuncOp gatherKernel(KernelLibrary &kernels, const GatherCodelet &codelet, Location loc) {
  Type pointer = LLVM::LLVMPointerType::get(kernels.module.getContext());
  Type integer = IntegerType::get(kernels.module.getContext(), 64);
  // Between files and lanes scalars move, lane by lane: one after the other, or each its thread.
  LaneType lane = codelet.lane;
  if (codelet.mode != GatherMode::Lanes && !lane.threads)
    lane.width = 1;
  return kernels.get(
      codelet.name(),
      {pointer, pointer, pointer, pointer, integer, integer, integer, integer, integer}, lane, loc,
      [&](CodeletBuilder &c, ValueRange args) {
        GatherEmitter emitter(c, codelet, args);
        const bool squares = codelet.lane.width > 1 && !codelet.lane.threads;
        if (codelet.mode == GatherMode::ToLanes)
          squares && !codelet.indices ? emitter.toLanesBySquares()
                                      : emitter.toLanes(c.integer(0), emitter.getCount());
        else if (codelet.mode == GatherMode::FromLanes)
          squares ? emitter.fromLanesBySquares()
                  : emitter.fromLanes(c.integer(0), emitter.getCount());
        else
          emitter.plain();
      });
}

} // namespace mlir::spherical
