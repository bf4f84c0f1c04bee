//===- passes.td - passes of the schedule phase ----------------*- tablegen -*-===//

#ifndef SPHERICAL_PASSES_SCHEDULE_PASSES_TD
#define SPHERICAL_PASSES_SCHEDULE_PASSES_TD

include "mlir/Pass/PassBase.td"

def FoldEmpty : Pass<"spherical-fold-empty", "::mlir::ModuleOp"> {
  let summary = "Replace ops on tensors without elements by what they give";
  let description = [{
    An extent may be 0: a model without a channel, a batch without a sample. What follows assigns
    lanes, tiles and buffers and takes every extent to be at least 1, so that ops on such tensors
    end here: a result without elements is a `zero`, an empty sum is 0, a layer of no inputs is its
    bias, and `concat` loses inputs without channels.

    *Before*
    ```mlir
    %y = nn.relu %x : tensor<0x4xf32>
    %s = nn.sum_batch %y : tensor<0x4xf32> -> tensor<4xf32>
    ```
    *After*
    ```mlir
    %y = spherical.zero : tensor<0x4xf32>
    %s = spherical.zero : tensor<4xf32>
    ```
    *Leaves*: ops on tensors with elements; arguments and results of functions.
    *Fails*: at an op whose result is not defined for empty operands.
  }];
  let dependentDialects = ["::mlir::nn::NNDialect", "::mlir::spherical::SphericalDialect"];
}

def ChannelLanes : Pass<"spherical-channel-lanes", "::mlir::ModuleOp"> {
  let summary = "Put channels in the lanes where the batch does not fill them";
  let description = [{
    An operation on W lanes computes W samples of a channel. Of a batch of fewer it computes as many
    as there are, and other lanes are idle or narrower registers are in use. Most ops treat each
    channel alike: with W channels of a sample in the lanes an operation computes those that there
    are; planar convolutions read the input's channels one by one and have output channels in the
    lanes. The pass compares both for the signals and images of each function, weighted by their
    coefficients or positions, and says with `spherical.channel_lanes` how many channels lie in the
    lanes if those win; the next pass gives the ops that take them the layout. `prepared` spectra have
    output channels in their lanes where all functions that read them do. Targets whose lanes are
    threads keep samples.

    *Before*
    ```mlir
    func.func @forward(%x: !spherical.so3_spectrum<1x12, b = 8, f32>) ...
    ```
    *After*
    ```mlir
    func.func @forward(%x: !spherical.so3_spectrum<1x12, b = 8, f32>) ... attributes {spherical.channel_lanes = 16 : i64}
    ```
    *Leaves*: everything but the attributes.
    *Fails*: at an op that no layout is known for.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v4\"", "processor: x86-64-v4, x86-64-v3 or native, or the file of a machine">,
    Option<"lanes", "lanes", "int64_t", "0", "samples in the vector lanes (0: by processor and batch); if given, no channels are">
  ];
}

def SeriesLanes : Pass<"spherical-series-lanes", "::mlir::ModuleOp"> {
  let summary = "Put channels of several samples in the lanes between products of spectra";
  let description = [{
    Where channels of a sample are in the lanes (`spherical-channel-lanes`), the last of its lane
    groups may be half empty. A boundary from spectrum to spectrum treats each channel of each sample
    alike, so that channels of all samples may follow each other in its lanes: 8 samples of 11
    channels are 6 lane groups of 16 in place of 8. Products want the channels of one sample, so
    that a spectrum changes places before or behind the boundary; the input of a product, which is
    read as rows of scalars, comes from either for the same price. The pass compares lane groups,
    which are tasks of two cores, and exchanges by prediction, and marks boundaries that gain with
    `spherical.series_lanes`; the next pass gives them the layout. Masks are not exchanged: a
    boundary and that of its gradient are both marked, or neither.

    *Before*
    ```mlir
    func.func @forward(...) attributes {spherical.channel_lanes = 16 : i64} {
      %z = spherical.boundary %y grid 42 : !spherical.so3_spectrum<8x11, b = 42, f32> -> ...
    ```
    *After*
    ```mlir
      %z = spherical.boundary %y grid 42 {spherical.series_lanes = 16 : i64} : ...
    ```
    *Leaves*: everything but the attributes.
    *Fails*: never.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v4\"", "processor: x86-64-v4, x86-64-v3 or native, or the file of a machine">
  ];
}

def AssignLayouts : Pass<"spherical-assign-layouts", "::mlir::ModuleOp"> {
  let summary = "Decide how every value lies in memory";
  let description = [{
    Values with a batch get W samples of it in the vector lanes,
        functions [lane_group, channel, beta, alpha(, gamma)] x W,
        spectra [lane_group, channel, coefficient] x W in the real basis (math.md, section 2),
        tensors [lane_group, channel, ...] x W,
    and spectra of kernels [in, out, coefficient], real basis, padded to 16 coefficients.
    Parameters, statistics and scalars stay dense, and so do arguments and results of functions,
    which are in file order (but `prepared` ones). `convert_layout` stands where neighbours differ. Which
    tensors have a batch follows from the ops that use them.

    W is the widest of 1, 2, 4, 8, 16 that neither exceeds the registers of the processor nor the
    next power of two of the batch; `lanes` overrides it. In functions that `spherical-channel-lanes`
    has marked, ops that treat each channel alike, and planar convolutions, have channels of one
    sample in the lanes,
        spectra [batch, lane_group, coefficient] x W,
        images [batch, lane_group, row, column] x W,
    and kernels of theirs [in, lane_group, coefficient] with output channels in the lanes. Boundaries
    that `spherical-series-lanes` has marked have channels of all samples in the lanes,
        spectra [lane_group, coefficient] x W,
    which is where products bring the gradients of their inputs then, and read inputs from.

    *Before*
    ```mlir
    %y = nn.relu %x : !spherical.s2<32x4, b = 8, f32>
    ```
    *After*
    ```mlir
    %0 = spherical.convert_layout %x : s2<32x4, b = 8, f32> -> s2<32x4, b = 8, f32, #lanes>
    %1 = nn.relu %0 : s2<32x4, b = 8, f32, #lanes>
    ```
    *Leaves*: ops and their order.
    *Fails*: at an op that no layout is known for.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v4\"", "processor: x86-64-v4, x86-64-v3 or native, or the file of a machine">,
    Option<"lanes", "lanes", "int64_t", "0", "samples in the vector lanes (0: by processor and batch)">
  ];
  let dependentDialects = ["::mlir::spherical::SphericalDialect"];
}

def ChooseAlgorithms : Pass<"spherical-choose-algorithms", "::mlir::ModuleOp"> {
  let summary = "Choose algorithm, radices and tiles of each op, with the reason";
  let description = [{
    Each op names the ways to compute it (`Schedulable`), with the time that they take on the
    machine; the pass writes the one with the least predicted time as `spherical.choice`, which is
    what lowering reads. A choice that is already there keeps its radices and rows, and `choose` says
    what to prefer.

    Predictions count on two cores, whatever will run the program: an op of one task takes as long as
    one of two. So transforms and boundaries on SO(3) with few lane groups and channels have orders,
    rows and coefficients as tasks (`order_tasks`), which gives the same bits; where lanes have one
    sample or channel, latitudes fill them (`ring_lanes`), of which two of 16 degrees of Wigner
    functions come from a table and the others by recursion where all of them would be read from
    memory (`ring_recursion`).

    The time is the larger of operations / peak and bytes / bandwidth. Transforms have one way for
    each split of 2b (factors up to 13 in products up to 16, larger primes alone): butterflies and
    twiddles of each pass, one trip through the cache a pass, and spills where a butterfly does not
    fit the registers. Boundaries between transforms of two passes or more keep values in registers
    (stage-join-transforms), which saves a trip; with `rows` of a function at a time they do so only
    where these are tasks.
    Planar convolutions of stride 1 have ways by transforms of tiles beside the direct one
    (`fourier`): one for each length of a tile and each split of it in two passes at most; those of
    any stride up to the kernel's side by minimal filters of lengths from 4 to 8 (`winograd`), but on
    GPUs; so do gradients of weights, with samples in the lanes.

    Some ways round more than the op's plain sums or transforms: Fourier convolutions and complex
    products 1.5 times, recursion 9 times, filters up to 2 (length 4), 3, 5, 11 and 25 times (8).
    The reason says so, and `exact` bounds it. A way on request is taken only by a wish for its
    algorithm, or a choice in the file: boundaries on SO(3) of processors have `fft_bfloat16`, whose
    half-transformed functions are stored in 2 bytes a number, half of the traffic between their
    stages, and round some 4096 times as much.

    *Before*
    ```mlir
    %X = spherical.so3_ft %x : ...
    ```
    *After*
    ```mlir
    %X = spherical.so3_ft %x {spherical.choice = #spherical.choice<algorithm = "fft", radices = [4, 5], ...>} : ...
    ```
    *Leaves*: everything but the attribute.
    *Fails*: at radices in the file whose product is not 2b or a tile's length, at choices in the
    file that round more than `exact` allows, at wishes that no op can meet.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v4\"", "processor: x86-64-v4, x86-64-v3 or native, or the file of a machine">,
    ListOption<"choose", "choose", "std::string", "what to take in place of the fastest (preferences.h): so3_ft:radices=4x5, boundary:rows=0, conv2d:tile=6x4, slowest, random:7">,
    Option<"exact", "exact", "double", "0", "the most rounding of a way, in that of the op's plain sums or transforms (0: any)">
  ];
  let dependentDialects = ["::mlir::spherical::SphericalDialect"];
}

def PrepareWeights : Pass<"spherical-prepare-weights", "::mlir::ModuleOp"> {
  let summary = "Let @prepare bring weights to the order in which @forward reads them";
  let description = [{
    Stages of an op may first copy a weight to the order in which its products read it, by the way
    that was chosen (`Schedulable::buildPrepared`): convolutions with channels in the lanes do. Where
    the weight is a parameter of `@forward`, `@prepare`, which runs once when weights are bound, makes
    that copy, and `@forward` takes it as an argument of role `prepared`. Steps of training change
    their weights and go on copying them.

    *Before*
    ```mlir
    func.func @forward(%x: ..., %w: tensor<20x20x3x3xf32> {spherical.role = "parameter", ...})
      %y = nn.conv2d %x, %w stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "rows", ...>} : ...
    ```
    *After*
    ```mlir
    func.func @forward(%x: ..., %p: tensor<20x20x3x3xf32, #nn.packing<windows, lanes = 16>> {spherical.role = "prepared", ...})
      %y = nn.conv2d %x, %p stride [1, 1] {spherical.choice = #spherical.choice<algorithm = "rows", ...>} : ...
    func.func @prepare(%w: tensor<20x20x3x3xf32> {spherical.role = "parameter", ...}) -> (... {spherical.name = "prepared.0"})
      %p = nn.pack_weight %w : ...
    ```
    *Leaves*: ops on other values than parameters, and those that read a weight as it is.
    *Fails*: when another function `@prepare` exists already.
  }];
  let options = [
    Option<"cpu", "cpu", "std::string", "\"x86-64-v4\"", "processor: x86-64-v4, x86-64-v3 or native, or the file of a machine">
  ];
  let dependentDialects = ["::mlir::func::FuncDialect", "::mlir::nn::NNDialect",
                           "::mlir::spherical::SphericalDialect"];
}

def OrderOps : Pass<"spherical-order-ops", "::mlir::ModuleOp"> {
  let summary = "Let ops that end large values run before ops that begin others";
  let description = [{
    Steps of optimizers run as soon as there is a gradient and nothing reads the old value. Then
    neighbours of which neither needs the other change places if less memory lives so. Values live in
    buffers as `spherical-lower-to-stages` gives them out.

    *Before*
    ```mlir
    %dx = spherical.spectral_matmul %dz, %y form grad_input : ...
    %dy = spherical.spectral_matmul %dz, %x form grad_kernel : ...   // the last use of %x
    ```
    *After*
    ```mlir
    %dy = spherical.spectral_matmul %dz, %x form grad_kernel : ...
    %dx = spherical.spectral_matmul %dz, %y form grad_input : ...    // may lie where %x was
    ```
    *Leaves*: ops themselves.
    *Fails*: never.
  }];
}

def Recompute : Pass<"spherical-recompute", "::mlir::ModuleOp"> {
  let summary = "Compute again what is cheap, rather than keep it";
  let description = [{
    What gives a value that is idle while the function needs most memory runs again before its next
    use: ops whose predicted time is the least for a byte, as long as one takes at most 0.5 % and all
    together 2 % of the function's time. With `limit`, whatever it takes to keep that: ops that a
    value needs run again with it, up to what lives at the time.

    *Before*
    ```mlir
    %y = spherical.kernel_ft %k ... {spherical.choice = ...} : ...
    %z = spherical.spectral_matmul %x, %y : ...
    ...
    %dx = spherical.spectral_matmul %dz, %y form grad_input : ...
    ```
    *After*
    ```mlir
    %y = spherical.kernel_ft %k ... : ...
    %z = spherical.spectral_matmul %x, %y : ...
    ...
    %0 = spherical.kernel_ft %k ... : ...
    %dx = spherical.spectral_matmul %dz, %0 form grad_input : ...
    ```
    *Leaves*: what is small or dear; functions in which more than the limit lives at once whatever
    runs again.
    *Fails*: never.
  }];
  let options = [
    Option<"limit", "limit", "int64_t", "0", "most bytes of values that live at once, 0: any">
  ];
}

#endif // SPHERICAL_PASSES_SCHEDULE_PASSES_TD
