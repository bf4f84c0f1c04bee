"""Reads the events of a run folder with TensorBoard's own reader, and prints tags, steps and values."""
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0})
events.Reload()
tags = events.Tags()
for tag in sorted(tags["scalars"]):
    print(tag, " ".join("%d:%.6g" % (event.step, event.value) for event in events.Scalars(tag)))
for tag in sorted(tags["images"]):
    print(tag, " ".join("%d:%dx%d" % (event.step, event.width, event.height) for event in events.Images(tag)))
