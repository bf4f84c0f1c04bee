//===- enums.td - enumerations of the nn dialect -----------*- tablegen -*-===//
//
// What attributes choose from; apart from the other attributes, because TableGen
// declares every enumeration that it sees.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_DIALECTS_NN_ENUMS
#define SPHERICAL_DIALECTS_NN_ENUMS

include "mlir/IR/EnumAttr.td"

class NN_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::mlir::nn";
  let genSpecializedAttr = 0;
}

def NN_MeasureEnum : NN_Enum<"Measure", "how the samples of a function are weighted", [
      I32EnumAttrCase<"Grid", 0, "grid">,
      I32EnumAttrCase<"Area", 1, "area">]>;
def NN_PaddingEnum : NN_Enum<"Padding", "where the windows of a convolution lie", [
      I32EnumAttrCase<"Valid", 0, "valid">,
      I32EnumAttrCase<"Zero", 1, "zero">,
      I32EnumAttrCase<"Circular", 2, "circular">]>;
def NN_PackingFormEnum : NN_Enum<"PackingForm", "which products read a packed weight", [
      I32EnumAttrCase<"Windows", 0, "windows">,
      I32EnumAttrCase<"Phases", 1, "phases">,
      I32EnumAttrCase<"Taps", 2, "taps">,
      I32EnumAttrCase<"TransposedTaps", 3, "transposed_taps">,
      I32EnumAttrCase<"Positions", 4, "positions">,
      I32EnumAttrCase<"TransposedPositions", 5, "transposed_positions">]>;
def NN_LossKindEnum : NN_Enum<"LossKind", "what a model is trained for", [
      I32EnumAttrCase<"CrossEntropy", 0, "cross_entropy">,
      I32EnumAttrCase<"MeanSquaredError", 1, "mean_squared_error">,
      I32EnumAttrCase<"MeanAbsoluteError", 2, "mean_absolute_error">,
      I32EnumAttrCase<"Huber", 3, "huber">]>;
def NN_OptimizerKindEnum : NN_Enum<"OptimizerKind", "how parameters follow their gradients", [
      I32EnumAttrCase<"Adam", 0, "adam">,
      I32EnumAttrCase<"Sgd", 1, "sgd">]>;

#endif
