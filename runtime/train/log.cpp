//===- log.cpp - a run's numbers in a file ----------------------*- C++ -*-===//

#include "runtime/train/log.h"

#include "runtime/train/text.h"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace spherical::runtime {

TrainingLog::TrainingLog(const std::string &path, bool append, bool segmentation)
    : path(path), json(path.ends_with(".json") || path.ends_with(".jsonl")),
      segmentation(segmentation) {
  if (path.empty())
    return;
  file.open(path, append ? std::ios::app : std::ios::trunc);
  if (!file)
    throw std::runtime_error(path + ": cannot write the log");
  if (!json && file.tellp() == 0)
    write(std::string("step,epoch,learning_rate,loss,accuracy,") +
          (segmentation ? "miou,non_background_miou," : "") + "seconds");
}

void TrainingLog::write(const std::string &line) {
  file << line << '\n' << std::flush;
  if (!file)
    throw std::runtime_error(path + ": cannot write the log");
}

void TrainingLog::add(const LogRecord &record) {
  if (path.empty())
    return;
  if (json) {
    nlohmann::ordered_json line = {{"step", record.step},
                                   {"epoch", record.epoch},
                                   {"learning_rate", record.learningRate},
                                   {"loss", record.loss},
                                   {"accuracy", record.accuracy}};
    if (segmentation) {
      line["miou"] = record.meanIoU; // null if undefined
      line["non_background_miou"] = record.nonBackgroundIoU;
    }
    line["seconds"] = record.seconds;
    write(line.dump());
    return;
  }
  write(std::to_string(record.step) + "," + std::to_string(record.epoch) + "," +
        exactText(record.learningRate) + "," + exactText(record.loss) + "," +
        exactText(record.accuracy) + "," +
        (segmentation ? exactText(record.meanIoU) + "," + exactText(record.nonBackgroundIoU) + ","
                      : "") +
        fixedText(record.seconds, 3));
}

} // namespace spherical::runtime
