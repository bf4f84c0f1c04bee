"""Starts a training in a run folder, interrupts it once it has saved, and prints what it says."""
import os, signal, subprocess, sys, time

spherical, model, run = sys.argv[1:]
process = subprocess.Popen(
    [spherical, "train", model, "--run", run, "--steps", "100000000", "--schedule", "constant", "--checkpoint-minutes", "0.001"],
    stdout=subprocess.PIPE,
    text=True,
)
while not os.path.exists(run + "/checkpoint.safetensors") and process.poll() is None:
    time.sleep(0.05)
process.send_signal(signal.SIGINT)
print(process.communicate()[0])
sys.exit(process.returncode)
