//===- graph_builder.h - a model's layers as ops ----------------*- C++ -*-===//
//
// Layers on the sphere and heads are in build_graph.cpp, layers of images in
// build_planar.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_BUILDER_H
#define SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_BUILDER_H

#include "tools/spherical/model/graph.h"

#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace spherical::driver {

/// Builds @forward from the input on, one layer at a time.
class GraphBuilder {
public:
  GraphBuilder(const ModelDescription &model, mlir::MLIRContext &context)
      : model(model), builder(&context), element(builder.getF32Type()) {}
  mlir::OwningOpRef<mlir::ModuleOp> run();

private:
  mlir::Location at(Position position);
  mlir::Value argument(const std::string &name, mlir::ArrayRef<int64_t> shape, mlir::StringRef role,
                       mlir::Location loc,
                       std::optional<mlir::spherical::InitAttr> init = std::nullopt);
  mlir::Value parameter(const std::string &name, mlir::ArrayRef<int64_t> shape, mlir::Location loc,
                        mlir::spherical::InitKind kind, double scale = 1.0);
  mlir::Type functionType(mlir::spherical::SignalKind kind, int64_t channels, int64_t bandLimit);
  mlir::spherical::GridAttr gridAttr(const KernelGrid &grid, bool onSO3);
  mlir::spherical::HighAttr highAttr(const Layer &layer, int64_t before, int64_t after);
  mlir::Value addLayers(const std::vector<Layer> &layers, mlir::Value x);
  mlir::Value addLayer(const Layer &layer, mlir::Value x);
  std::string convolutionName(const Layer &layer);
  mlir::Value addConvolution(const Layer &layer, mlir::Value x);
  mlir::Value addResidual(const Layer &layer, mlir::Value x);
  mlir::Value addBatchNorm(const Layer &layer, mlir::Value x);
  mlir::Value addLinear(const Layer &layer, mlir::Value x);
  std::string planarName(const Layer &layer);
  std::pair<mlir::Value, mlir::Value> planarParameters(const std::string &name, const Layer &layer,
                                                       mlir::Value x, int64_t channels);
  mlir::Value addConv2d(const std::string &name, const Layer &layer, mlir::Value x);
  mlir::Value addConvTranspose2d(const std::string &name, const Layer &layer, mlir::Value x);
  mlir::Value addDown(const Layer &layer, mlir::Value x);
  mlir::Value addImageShortcut(const std::string &name, const Layer &layer, mlir::Value x,
                               mlir::Value y);
  mlir::Value addUp(const Layer &layer, mlir::Value x);
  mlir::Value addPlanar(const Layer &layer, mlir::Value x);
  mlir::Type imageType(int64_t channels, const ImageSize &size);
  mlir::Value addInput();
  mlir::Value addOutput(mlir::Value result, mlir::Location loc);
  void finish(mlir::ModuleOp module, mlir::Value result, mlir::Location loc);

  const ModelDescription &model;
  mlir::OpBuilder builder;
  mlir::Type element;
  mlir::func::FuncOp function;
  const Layer *lastConvolution = nullptr, *lastPlanar = nullptr;
  bool endsInFeatures = false; // of a planar model
  int planarConvolutions = 0, downs = 0, ups = 0;
  int convolutions = 0, hiddenLayers = 0, shortcuts = 0, norms = 0, batchNorms = 0, linears = 0;
};

/// Channels of a tensor [N, C, ...] or of a function.
int64_t channelsOf(mlir::Value x);

/// The shape of a function, an image or features.
LayerShape shapeOf(mlir::Value x);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_MODEL_GRAPH_BUILDER_H
