//===- programs.cpp - golden cases as programs ------------------*- C++ -*-===//
//
// One function @f a case, with its gradient @f_vjp where the case has one.
//
//===----------------------------------------------------------------------===//

#include "test/golden/programs.h"

#include "dialects/spherical/dialect.h"
#include "test/golden/program_text.h"

#include "mlir/AsmParser/AsmParser.h"

namespace spherical::golden {

using nlohmann::json;

std::string gridText(const json &grid) {
  std::string parameters;
  for (const char *name : {"n_beta", "n_alpha", "n_gamma", "max_beta", "max_gamma"})
    if (grid.contains(name))
      parameters += (parameters.empty() ? "" : ", ") +
                    std::string(name).substr(name[0] == 'n' ? 2 : 0) + " = " + grid.at(name).dump();
  return "<" + grid.at("kind").get<std::string>() + "<" + parameters + ">>";
}

std::optional<Program> operatorProgram(const File &file) {
  for (const OperatorPrograms &programs : {spherePrograms(), layerPrograms(), planarPrograms()})
    if (const auto found = programs.find(file.attributes.at("op")); found != programs.end())
      return found->second(file);
  return std::nullopt;
}

std::vector<double> gridPoints(const json &grid) {
  mlir::MLIRContext context;
  context.loadDialect<mlir::spherical::SphericalDialect>();
  const auto attribute = mlir::dyn_cast_or_null<mlir::spherical::GridAttr>(
      mlir::parseAttribute("#spherical.grid" + gridText(grid), &context));
  std::vector<double> values;
  if (attribute)
    for (const auto &point : attribute.points())
      values.insert(values.end(), point.begin(), point.begin() + (attribute.onSO3() ? 3 : 2));
  return values;
}

} // namespace spherical::golden
