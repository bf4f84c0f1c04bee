//===- digest.cpp - which network a graph is ------------------------------===//

#include "tools/spherical/model/digest.h"

#include "dialects/nn/dialect.h"
#include "dialects/spherical/dialect.h"
#include "dialects/spherical/signal.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/SHA256.h"

#include <cstdio>

using namespace mlir;
namespace sph = mlir::spherical;

namespace spherical::driver {
namespace {

using Words = std::optional<std::string>;

/// All bits of a number, as C prints it in hexadecimal.
std::string numberText(double value) {
  char text[40];
  std::snprintf(text, sizeof(text), "%a", value);
  return text;
}

template <typename Range, typename Print> std::string listText(Range values, Print print) {
  std::string text;
  for (const auto &value : values)
    text += (text.empty() ? "" : ",") + print(value);
  return "[" + text + "]";
}

std::string gridText(sph::GridAttr grid) {
  const std::string kind = sph::stringifyGridKind(grid.getKind()).str();
  if (!grid.getCoordinates().empty())
    return kind + " " + listText(grid.getCoordinates().asArrayRef(), numberText);
  return kind + " " + std::to_string(grid.getBeta()) + " " + std::to_string(grid.getAlpha()) + " " +
         std::to_string(grid.getGamma()) + " " + numberText(grid.getMaxBeta()) + " " +
         numberText(grid.getMaxGamma());
}

/// The words of an attribute; nothing if there are none.
Words attributeText(Attribute attribute) {
  const auto integerText = [](int64_t value) { return std::to_string(value); };
  return llvm::TypeSwitch<Attribute, Words>(attribute)
      .Case([](UnitAttr) { return "yes"; })
      .Case([](FloatAttr number) { return numberText(number.getValueAsDouble()); })
      .Case([&](IntegerAttr number) { return integerText(number.getInt()); })
      .Case([](DenseF64ArrayAttr list) { return listText(list.asArrayRef(), numberText); })
      .Case([&](DenseI64ArrayAttr list) { return listText(list.asArrayRef(), integerText); })
      .Case([](sph::GridAttr grid) { return gridText(grid); })
      .Case([](sph::HighAttr high) { return sph::stringifyHigh(high.getValue()).str(); })
      .Case([](sph::ProjectionAttr projection) {
        return sph::stringifyProjection(projection.getValue()).str();
      })
      .Case([](nn::MeasureAttr measure) { return nn::stringifyMeasure(measure.getValue()).str(); })
      .Case([](nn::PaddingAttr padding) { return nn::stringifyPadding(padding.getValue()).str(); })
      .Default([](Attribute) { return std::nullopt; });
}

std::string elementText(Type element) {
  if (const auto complex = dyn_cast<ComplexType>(element))
    return "c" + elementText(complex.getElementType());
  const std::string kind = isa<FloatType>(element) ? "f" : "i";
  return kind + std::to_string(element.getIntOrFloatBitWidth());
}

/// The words of a type whose first extent is the batch if `batched`.
Words typeText(Type type, bool batched) {
  const auto extents = [&](ArrayRef<int64_t> shape) {
    std::string text;
    for (const auto [i, extent] : llvm::enumerate(shape))
      text += (i == 0 ? "" : ",") + (i == 0 && batched ? "N" : std::to_string(extent));
    return "[" + text + "]";
  };
  if (const std::optional<sph::Signal> signal = sph::getSignal(type)) {
    static constexpr const char *kinds[] = {"s2", "so3", "s2_spectrum", "so3_spectrum"};
    return std::string(kinds[static_cast<int>(signal->kind)]) + " " + elementText(signal->element) +
           extents({signal->batch, signal->channels}) + " b " + std::to_string(signal->bandLimit);
  }
  const auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.getElementType().isIntOrFloat())
    return std::nullopt;
  return elementText(tensor.getElementType()) + extents(tensor.getShape());
}

/// Writes the lines, with the number of each value's line.
class GraphWriter {
public:
  Words write(func::FuncOp forward);

private:
  bool addArgument(BlockArgument argument, DictionaryAttr attributes);
  bool addOp(Operation &op);
  std::string operands(Operation &op) const;

  std::string text = "spherical graph 1\n";
  llvm::DenseMap<Value, int> lines;
};

bool GraphWriter::addArgument(BlockArgument argument, DictionaryAttr attributes) {
  const auto word = [&](StringRef key) {
    const auto value = attributes ? attributes.getAs<StringAttr>(key) : StringAttr();
    return value ? value.str() : "-";
  };
  const std::string role = word("spherical.role");
  const Words type = typeText(argument.getType(), role == "input" || role == "label");
  if (!type)
    return false;
  const int line = static_cast<int>(lines.size());
  text += std::to_string(line) + ": " + role + " " + word("spherical.name") + " " + *type + "\n";
  lines[argument] = line;
  return true;
}

std::string GraphWriter::operands(Operation &op) const {
  return llvm::join(llvm::map_range(op.getOperands(),
                                    [&](Value value) { return std::to_string(lines.at(value)); }),
                    ", ");
}

bool GraphWriter::addOp(Operation &op) {
  if (op.getNumResults() != 1 ||
      !llvm::all_of(op.getRegions(), [](Region &region) { return region.empty(); }))
    return false;
  const StringRef segments = OpTrait::AttrSizedOperandSegments<void>::getOperandSegmentSizeAttr();
  std::string words = op.getName().getStringRef().str() + "(" + operands(op) + ")";
  SmallVector<StringAttr> names(op.getName().getAttributeNames());
  llvm::sort(names, [](StringAttr a, StringAttr b) { return a.getValue() < b.getValue(); });
  for (StringAttr name : names) {
    const std::optional<Attribute> attribute = op.getInherentAttr(name);
    // Operands tell how many of each kind there are.
    if (!attribute || !*attribute || name.getValue() == segments)
      continue;
    const Words value = attributeText(*attribute);
    if (!value)
      return false;
    words += " " + name.str() + " " + *value;
  }
  const Words type = typeText(op.getResult(0).getType(), true);
  if (!type)
    return false;
  const int line = static_cast<int>(lines.size());
  text += std::to_string(line) + ": " + words + " -> " + *type + "\n";
  lines[op.getResult(0)] = line;
  return true;
}

Words GraphWriter::write(func::FuncOp forward) {
  for (BlockArgument argument : forward.getArguments())
    if (!addArgument(argument, forward.getArgAttrDict(argument.getArgNumber())))
      return std::nullopt;
  for (Operation &op : forward.front().without_terminator())
    if (!addOp(op))
      return std::nullopt;
  return text + "return " + operands(*forward.front().getTerminator()) + "\n";
}

} // namespace

std::string graphText(ModuleOp module) {
  auto forward = module.lookupSymbol<func::FuncOp>("forward");
  if (!forward || forward.isExternal() || !forward.getBody().hasOneBlock())
    return "";
  return GraphWriter().write(forward).value_or("");
}

std::string graphDigest(ModuleOp module) {
  const std::string text = graphText(module);
  if (text.empty())
    return "";
  llvm::SHA256 hash;
  hash.update(text);
  return llvm::toHex(hash.final(), /*LowerCase=*/true).substr(0, 32);
}

} // namespace spherical::driver
