//===- explanation_json.cpp - an explanation for programs -----------------===//

#include "tools/spherical/driver/explanation.h"

#include "llvm/Support/JSON.h"

namespace json = llvm::json;

namespace spherical::driver {

static json::Value valueOf(const OpExplanation &op) {
  json::Array others;
  for (const Alternative &other : op.others)
    others.push_back(json::Object{{"algorithm", other.algorithm},
                                  {"reason", other.reason},
                                  {"predicted_seconds", other.seconds}});
  return json::Object{{"op", op.op},
                      {"algorithm", op.algorithm},
                      {"reason", op.reason},
                      {"flop", op.flop},
                      {"bytes", op.bytes},
                      {"predicted_seconds", op.seconds},
                      {"alternatives", std::move(others)}};
}

static json::Value valueOf(const Decision &decision) {
  return json::Object{{"taken", decision.taken},
                      {"what", decision.what},
                      {"reason", decision.reason},
                      {"suggestion", decision.suggestion}};
}

static json::Value valueOf(const Explanation &explanation, const LayerExplanation &layer,
                           const std::optional<MeasuredLines> &measured) {
  json::Array ops, decisions;
  for (const OpExplanation &op : layer.ops)
    ops.push_back(valueOf(op));
  for (const Decision &decision : layer.decisions)
    decisions.push_back(valueOf(decision));
  json::Object value{{"place", layer.place},   {"flop", layer.flop()},
                     {"bytes", layer.bytes()}, {"predicted_seconds", layer.seconds()},
                     {"ops", std::move(ops)},  {"fusions", std::move(decisions)}};
  if (measured && measured->contains(layer.place)) {
    const MeasuredLine &line = measured->at(layer.place);
    value["measured_seconds"] = line.seconds;
    value["roofline"] = explanation.leastSeconds(line.flop, line.bytes) / line.seconds;
  }
  return value;
}

std::string explanationJson(const Explanation &explanation,
                            const std::optional<MeasuredLines> &measured) {
  json::Array layers;
  for (const LayerExplanation &layer : explanation.layers)
    layers.push_back(valueOf(explanation, layer, measured));
  std::string text;
  llvm::raw_string_ostream stream(text);
  stream << llvm::formatv("{0:2}", json::Value(json::Object{
                                       {"entry", explanation.entry},
                                       {"machine", explanation.machine},
                                       {"threads", explanation.threads},
                                       {"layers", std::move(layers)},
                                   }))
         << "\n";
  return text;
}

} // namespace spherical::driver
