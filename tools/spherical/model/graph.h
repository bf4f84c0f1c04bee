//===- graph.h - models as modules of the graph phase -----------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_H

#include "tools/spherical/model/description.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace spherical::driver {

/// The module of a model: one function @forward with an op or a few for each layer, located at the
/// layer's line; arguments carry role, name and initial distribution. Parameters are named
/// input_layer.*, hidden_layers.<i>.*, output_layer.*, head.bn<i>.* and head.fc<i>.*; shortcuts of
/// residual blocks are shortcuts.<i>.kernel, of images shortcuts.<i>.weight, norms of functions and
/// images norm_layers.<i>.*. Planar classifiers have conv.<i>.*; planar segmenters have
/// input_layer.*, downsample_layers.<i>.*, upsample_layers.<i>.* and out_layer.*; layers down and
/// up always have the latter's names, with skip_down_conv_layers.<i>.* and
/// skip_up_conv_layers.<i>.* beside them. `model` has passed checkModel. Null, after a diagnostic,
/// if the module does not verify.
mlir::OwningOpRef<mlir::ModuleOp> buildGraph(const ModelDescription &model,
                                             mlir::MLIRContext &context);

/// The description whose graph is `module`. Fails, after a diagnostic at the first op or value that
/// a description has no words for.
mlir::FailureOr<ModelDescription> describeGraph(mlir::ModuleOp module);

/// What a module and its @forward say of training and of the loss, or the defaults.
TrainingDescription trainingOf(mlir::ModuleOp module);
LossDescription lossOf(mlir::ModuleOp module);

/// Makes a module and its @forward say so. Training fails, after a diagnostic at `loc`, at a
/// pattern of `freeze` that no parameter has, and if all are frozen.
mlir::LogicalResult setTraining(mlir::ModuleOp module, const TrainingDescription &training,
                                mlir::Location loc);
void setLoss(mlir::ModuleOp module, const LossDescription &loss);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_H
