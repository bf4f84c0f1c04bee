//===- run_pictures.h - what a run predicts, drawn --------------*- C++ -*-===//

#ifndef SPHERICAL_TOOLS_SPHERICAL_RUN_PICTURES_H
#define SPHERICAL_TOOLS_SPHERICAL_RUN_PICTURES_H

#include "tools/spherical/evaluation_pictures.h"
#include "tools/spherical/run_folder.h"

#include "runtime/runs/event_log.h"
#include "runtime/train/observer.h"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spherical::driver {

/// Why a run of this network can have no pictures: the build cannot draw, or there are more classes
/// than a picture has room for; empty if it can.
std::string whyNoPictures(const runtime::Executable &network);

/// Draws what validations predict, as `spherical eval --pictures` does, into the folder `pictures`
/// of a run, and for TensorBoard; and the curves of the run when it ends.
class RunPictures : public runtime::RunObserver {
public:
  /// `data` is what validates. `events` must come before this object in the run's observers.
  RunPictures(const RunFolder &folder, const runtime::Executable &network, PicturedData data,
              runtime::EventLog &events)
      : folder(folder), network(network), data(std::move(data)), events(events) {}

  void validated(const runtime::Batch &batch, std::span<const float> outputs) override;
  void afterEpoch(const runtime::EpochReport &report, const runtime::Evaluation *found) override;

private:
  std::map<std::string, std::vector<std::byte>> draw(const runtime::Evaluation &found);

  const RunFolder &folder;
  const runtime::Executable &network;
  const PicturedData data;
  runtime::EventLog &events;
  std::optional<EvaluationPictures> pictures; ///< of the validation under way
  bool hasFailed = false;
};

/// Draws the curves of a run into its folder, under that name, if it has numbers; says so if that
/// fails.
void drawRunCurves(const RunFolder &folder, const std::string &name);

} // namespace spherical::driver

#endif // SPHERICAL_TOOLS_SPHERICAL_RUN_PICTURES_H
