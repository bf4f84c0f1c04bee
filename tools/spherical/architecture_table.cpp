//===- architecture_table.cpp - models side by side -----------------------===//

#include "tools/spherical/architecture_table.h"

#include "tools/spherical/model/angle.h"

#include <algorithm>
#include <array>
#include <span>

namespace spherical::driver {
namespace {

enum Section { Input, Down, Up, Head, Parameters, SectionCount };
constexpr const char *sectionNames[] = {"input", "down", "up", "head", "parameters"};

struct Row {
  std::string block, output;
};

using Column = std::array<std::vector<Row>, SectionCount>;

std::string shapeText(const LayerShape &shape) {
  const std::string channels = std::to_string(shape.channels);
  switch (shape.kind) {
  case LayerShape::OnS2:
    return channels + " on S2, b = " + std::to_string(shape.bandLimit);
  case LayerShape::OnSO3:
    return channels + " on SO(3), b = " + std::to_string(shape.bandLimit);
  case LayerShape::Image:
    return channels + " x " + std::to_string(shape.size.rows) + " x " +
           std::to_string(shape.size.columns);
  case LayerShape::Features:
    return channels;
  }
  return channels;
}

/// The largest beta, or what else says where the kernel's points are, and their numbers unless they
/// are the usual ones.
std::string gridText(const KernelGrid &grid, bool onSO3) {
  if (grid.kind == "soft")
    return "soft " + std::to_string(grid.bandLimit);
  if (grid.kind == "points")
    return std::to_string(grid.points.size()) + " points";
  const KernelGrid usual = defaultGrid(grid.kind, onSO3);
  std::string text = (grid.kind == "equatorial" ? "equatorial " : "") + printAngle(grid.maxBeta);
  if (grid.beta != usual.beta || grid.alpha != usual.alpha || grid.gamma != usual.gamma)
    text += ", " + std::to_string(grid.beta) + " x " + std::to_string(grid.alpha) +
            (onSO3 ? " x " + std::to_string(grid.gamma) : "");
  return text;
}

std::string joined(std::initializer_list<int64_t> numbers) {
  std::string text;
  for (const int64_t number : numbers)
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  return text;
}

std::string settingsText(const Layer &layer, const LayerFlow &flow) {
  const int64_t in = flow.before.channels, out = flow.after.channels;
  if (isConvolution(layer))
    return joined({in, out, flow.before.bandLimit, flow.after.bandLimit}) + ", " +
           gridText(layer.grid, layer.kind != LayerKind::S2Conv);
  const std::string padding = layer.padding == "valid" ? "" : ", " + layer.padding;
  switch (layer.kind) {
  case LayerKind::Conv2d:
  case LayerKind::ConvTranspose2d:
  case LayerKind::Down:
  case LayerKind::Up:
    return joined({in, out, layer.kernel, layer.stride}) + padding;
  case LayerKind::MaxPool:
  case LayerKind::AvgPool:
    return joined({layer.kernel, layer.stride});
  case LayerKind::Linear:
    return joined({in, out});
  default:
    return "";
  }
}

bool isActivation(const Layer &layer) {
  return layer.kind == LayerKind::ReLU || layer.kind == LayerKind::LeakyReLU ||
         layer.kind == LayerKind::GELU;
}

/// Whether the layer gives more points than it takes, as resample may do on the way down, or is of
/// a kind that does.
bool leadsUp(const Layer &layer, const LayerFlow &flow) {
  switch (layer.kind) {
  case LayerKind::Resample:
    return false;
  case LayerKind::ConvTranspose2d:
  case LayerKind::Up:
  case LayerKind::SO3ToS2:
    return true;
  default:
    return !flow.after.size.fitsIn(flow.before.size) ||
           flow.after.bandLimit > flow.before.bandLimit;
  }
}

/// Puts the layers of one model into sections.
class ColumnBuilder {
public:
  explicit ColumnBuilder(const ModelFlow &flow) : next(flow.layers.begin()) {}

  void add(const std::vector<Layer> &layers, const std::string &indent);
  Column column;

private:
  std::vector<LayerFlow>::const_iterator next;
  Section section = Down;
};

void ColumnBuilder::add(const std::vector<Layer> &layers, const std::string &indent) {
  for (size_t i = 0; i < layers.size(); ++i) {
    const Layer &layer = layers[i];
    const LayerFlow &flow = *next++;
    if (isActivation(layer) && i > 0 && layers[i - 1].block.empty()) {
      column[section].back().block += std::string(", ") + layerName(layer.kind);
      continue;
    }
    if (flow.after.kind == LayerShape::Features)
      section = Head;
    else if (leadsUp(layer, flow))
      section = std::max(section, Up);
    const std::string settings = settingsText(layer, flow);
    column[section].push_back(
        {indent + layerName(layer.kind) + (settings.empty() ? "" : "(" + settings + ")"),
         shapeText(flow.after)});
    add(layer.block, indent + "  ");
  }
}

Column columnOf(const ModelDescription &model) {
  const Result<ModelFlow> flow = checkModel(model);
  ColumnBuilder builder(*flow);
  builder.column[Input].push_back({"", shapeText(flow->input)});
  builder.add(model.layers, "");
  builder.column[Parameters].push_back({printCount(flow->parameters()), ""});
  return std::move(builder.column);
}

std::string padded(std::string text, size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

/// Appends a line of the table without blanks at its end.
void addLine(std::string &table, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  table += line + "\n";
}

/// The widths of a model's two columns, with the space to the next.
struct Widths {
  size_t block = 0, output = 0;

  Widths(const Column &column, const std::string &name) {
    for (const auto &rows : column)
      for (const Row &row : rows) {
        block = std::max(block, row.block.size() + 2);
        output = std::max(output, row.output.size() + 3);
      }
    if (block + output < name.size() + 3)
      block = name.size() + 3 - output;
  }
};

const char *const legend =
    "\nconv2d, conv_transpose2d, down, up (channels in, channels out, kernel, stride)\n"
    "s2_conv, so3_conv, so3_to_s2 (channels in, channels out, band-limit in, band-limit out,\n"
    "    max_beta, points unless 3 x 8 (x 8))\n";

constexpr size_t sectionWidth = 12;

/// A model's part of the table.
struct Part {
  std::string name;
  Column column;
  Widths widths;

  explicit Part(const ModelDescription &model)
      : name(model.name), column(columnOf(model)), widths(column, name) {}
  size_t width() const { return widths.block + widths.output; }
};

std::string tableOf(std::span<const Part> parts) {
  std::string table, line = padded("model", sectionWidth);
  for (const Part &part : parts)
    line += padded(part.name, part.width());
  addLine(table, line);
  for (int section = Input; section < SectionCount; ++section) {
    size_t rows = 0;
    for (const Part &part : parts)
      rows = std::max(rows, part.column[section].size());
    for (size_t i = 0; i < rows; ++i) {
      line = padded(i == 0 ? sectionNames[section] : "", sectionWidth);
      for (const Part &part : parts) {
        const std::vector<Row> &cells = part.column[section];
        const Row row = i < cells.size() ? cells[i] : Row();
        line += padded(row.block, part.widths.block) + padded(row.output, part.widths.output);
      }
      addLine(table, line);
    }
  }
  return table;
}

} // namespace

std::string architectureTable(const std::vector<ModelDescription> &models, size_t width) {
  const std::vector<Part> parts(models.begin(), models.end());
  std::string text;
  for (size_t begin = 0, end = 0; begin < parts.size(); begin = end) {
    size_t taken = sectionWidth + parts[begin].width();
    for (end = begin + 1; end < parts.size(); ++end) {
      taken += parts[end].width();
      if (width > 0 && taken > width)
        break;
    }
    text += (begin > 0 ? "\n" : "") + tableOf(std::span(parts).subspan(begin, end - begin));
  }
  return text + legend;
}

} // namespace spherical::driver
