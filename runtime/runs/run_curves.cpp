//===- run_curves.cpp - the numbers of runs over their steps ----*- C++ -*-===//

#include "runtime/runs/run_curves.h"

#include "runtime/data/files.h"
#include "runtime/runs/run_record.h"

#include <charconv>
#include <cmath>
#include <limits>
#include <set>
#include <sstream>
#include <stdexcept>

namespace spherical::runtime {
namespace {

std::vector<std::string> fieldsOf(const std::string &line) {
  std::vector<std::string> fields;
  std::istringstream in(line + ",");
  for (std::string field; std::getline(in, field, ',');)
    fields.push_back(field);
  return fields;
}

double numberOf(const std::string &field, const std::string &origin) {
  double value = std::numeric_limits<double>::quiet_NaN();
  if (field.empty())
    return value;
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
  if (code != std::errc() || end != field.data() + field.size())
    throw std::runtime_error(origin + ": expected numbers, got '" + field + "'");
  return value;
}

/// Steps and values where there is one: those of validations stand at the ends of epochs alone.
Curve curveOf(const RunCurves &run, const std::string &column) {
  Curve curve{run.name, {}, {}};
  const auto steps = run.columns.find("step"), values = run.columns.find(column);
  if (steps == run.columns.end() || values == run.columns.end())
    return curve;
  for (size_t i = 0; i < values->second.size(); ++i)
    if (std::isfinite(values->second[i])) {
      curve.x.push_back(steps->second[i]);
      curve.y.push_back(values->second[i]);
    }
  return curve;
}

} // namespace

std::map<std::string, std::vector<double>> readColumns(const std::string &text,
                                                       const std::string &origin) {
  std::istringstream in(text);
  std::string line;
  if (!std::getline(in, line) || !line.starts_with("step,"))
    throw std::runtime_error(origin + ": expected the metrics of a run, got '" + line + "'");
  const std::vector<std::string> names = fieldsOf(line);
  std::map<std::string, std::vector<double>> columns;
  while (std::getline(in, line)) {
    if (in.eof())
      break; // a line whose write was cut off has no end
    const std::vector<std::string> fields = fieldsOf(line);
    if (fields.size() != names.size())
      throw std::runtime_error(origin + ": expected " + std::to_string(names.size()) +
                               " fields in each line, got " + std::to_string(fields.size()));
    for (size_t i = 0; i < names.size(); ++i)
      columns[names[i]].push_back(numberOf(fields[i], origin));
  }
  return columns;
}

RunCurves readCurves(const std::string &folder) {
  const std::string path = folder + "/" + run_files::metrics;
  const std::vector<std::byte> bytes = readFile(path);
  return {folder, readColumns({reinterpret_cast<const char *>(bytes.data()), bytes.size()}, path)};
}

Figure drawRuns(std::span<const RunCurves> runs) {
  const std::set<std::string> places = {"step", "planned_steps", "epoch", "seconds"};
  std::set<std::string> names;
  for (const RunCurves &run : runs)
    for (const auto &[name, values] : run.columns)
      if (!places.contains(name))
        names.insert(name);
  std::vector<CurvePanel> panels;
  for (const std::string &name : names) {
    CurvePanel panel{name, "step", name, {}};
    for (const RunCurves &run : runs)
      if (Curve curve = curveOf(run, name); !curve.x.empty())
        panel.curves.push_back(std::move(curve));
    if (!panel.curves.empty())
      panels.push_back(std::move(panel));
  }
  if (panels.empty())
    throw std::runtime_error("expected runs with metrics to draw, got none");
  return drawCurves(panels, runs.size() == 1 ? runs.front().name : "Runs");
}

} // namespace spherical::runtime
