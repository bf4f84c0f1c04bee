//===- attributes.td - tables and kinds of the stage dialect -*- tablegen -*-===//

#ifndef DIALECTS_STAGE_ATTRIBUTES_TD
#define DIALECTS_STAGE_ATTRIBUTES_TD

include "dialects/stage/dialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

def Stage_TableAttr : AttrDef<Stage_Dialect, "Table"> {
  let mnemonic = "table";
  let summary = "how a read-only table is filled when a model is loaded";
  let description = [{
    The kind and integer parameters of a table of runtime/math/tables.h, with optional points
    (flat, radians) and scale (default 1).
    ```mlir
    #stage.table<"so3_kernel", {degrees = 6, transposed = 0}, points = array<f64: 0.1, 0.2, 0.3>, scale = 0.5>
    ```
  }];
  let parameters = (ins StringRefParameter<"kind of table">:$kind,
                        "::mlir::DictionaryAttr":$parameters,
                        "::mlir::DenseF64ArrayAttr":$points, "::mlir::FloatAttr":$scale);
  let builders = [AttrBuilder<(ins "::llvm::StringRef":$kind,
      "::llvm::ArrayRef<std::pair<::llvm::StringRef, int64_t>>":$parameters,
      CArg<"::llvm::ArrayRef<double>", "{}">:$points, CArg<"double", "1.0">:$scale)>];
  let extraClassDeclaration = [{
    /// Returns the integer parameter `name`, or `otherwise` where there is none.
    int64_t getParameter(::llvm::StringRef name, int64_t otherwise = 0) const;
  }];
  let hasCustomAssemblyFormat = 1;
}

def Stage_IntegersAttr : AttrDef<Stage_Dialect, "Integers"> {
  let mnemonic = "integers";
  let summary = "the integers that an argument may hold";
  let description = [{
    Integers from `low` to `high`, and `other`; where the argument `counted` gives a number of
    samples, those of later samples may be any. `what` is for messages.
    ```mlir
    #stage.integers<"labels" from 0 to 9 or 255 counted by "count">
    ```
  }];
  let parameters = (ins StringRefParameter<"what they are">:$what, "int64_t":$low, "int64_t":$high,
                        OptionalParameter<"std::optional<int64_t>">:$other,
                        OptionalParameter<"::mlir::StringAttr">:$counted);
  let assemblyFormat = [{
    `<` $what `from` $low `to` $high (`or` $other^)? (`counted` `by` $counted^)? `>`
  }];
}

def Stage_SpectrumAttr : AttrDef<Stage_Dialect, "Spectrum"> {
  let mnemonic = "spectrum";
  let summary = "an argument that is the spectrum of real functions";
  let description = [{
    The coefficients X_mn of degrees below `degrees`, with X_-m,-n = (-1)^(m-n) conj X_mn; on S2,
    n = 0.
    ```mlir
    #stage.spectrum<on_so3 = true, degrees = 6>
    ```
  }];
  let parameters = (ins "bool":$on_so3, "int64_t":$degrees);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Stage_LaunchAttr : AttrDef<Stage_Dialect, "Launch"> {
  let mnemonic = "launch";
  let summary = "the threads and memory of one kernel on a GPU";
  let description = [{
    A launch runs `blocks` blocks of `threads` threads. Each has `shared` bytes of shared memory
    and, in device memory, a slot of `slot` bytes: the scratch memory of a worker, and then `work`
    bytes of what its stages keep between their passes where shared memory is too small for it.
    - C1: 1 <= blocks < 2^31; threads are a multiple of 32 up to 1024.
    - C2: shared, slot and work are at least 0, and work is at most slot.
    ```mlir
    #stage.launch<blocks = 40, threads = 128, shared = 40960, slot = 5120, work = 0>
    ```
  }];
  let parameters = (ins "int64_t":$blocks, "int64_t":$threads, "int64_t":$shared, "int64_t":$slot,
                        "int64_t":$work);
  let assemblyFormat = "`<` struct(params) `>`";
  let genVerifyDecl = 1;
}

class Stage_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::stage";
  let genSpecializedAttr = 0;
}

def Stage_DftKind : Stage_Enum<"DftKind", "direction and packing of a transform", [
    I32EnumAttrCase<"RealAnalysis", 0, "real_analysis">,
    I32EnumAttrCase<"RealSynthesis", 1, "real_synthesis">,
    I32EnumAttrCase<"ComplexAnalysis", 2, "complex_analysis">,
    I32EnumAttrCase<"ComplexSynthesis", 3, "complex_synthesis">,
    I32EnumAttrCase<"PlainAnalysis", 4, "plain_analysis">,
    I32EnumAttrCase<"PlainSynthesis", 5, "plain_synthesis">]>;
def Stage_DftKindAttr : EnumAttr<Stage_Dialect, Stage_DftKind, "dft_kind">;

def Stage_ContractKind : Stage_Enum<"ContractKind", "which operands have lanes", [
    I32EnumAttrCase<"Scalar", 0, "scalar">, I32EnumAttrCase<"Reduce", 1, "reduce">]>;
def Stage_ContractKindAttr : EnumAttr<Stage_Dialect, Stage_ContractKind, "contract_kind">;

def Stage_Combine : Stage_Enum<"Combine", "how a map joins values over its reductions", [
    I32EnumAttrCase<"Sum", 0, "sum">, I32EnumAttrCase<"Max", 1, "max">]>;
def Stage_CombineAttr : EnumAttr<Stage_Dialect, Stage_Combine, "combine">;

def Stage_GatherMode : Stage_Enum<"GatherMode", "which side of a gather has lanes", [
    I32EnumAttrCase<"Lanes", 0, "lanes">, I32EnumAttrCase<"Scalar", 1, "scalar">,
    I32EnumAttrCase<"ToLanes", 2, "to_lanes">, I32EnumAttrCase<"FromLanes", 3, "from_lanes">]>;
def Stage_GatherModeAttr : EnumAttr<Stage_Dialect, Stage_GatherMode, "gather_mode">;

#endif // DIALECTS_STAGE_ATTRIBUTES_TD
