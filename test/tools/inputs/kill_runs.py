"""Trains in a run folder while calls fail and the process is killed, goes on until it has finished, and demands the
files of the run that nobody disturbed: weights and checkpoint bit for bit, numbers of metrics and events.

kill_runs.py SPHERICAL FAULTS.so FOLDER POINTS KILLS -- OPTIONS...
  POINTS  crash points of each kind, spread over all calls that change files; 0: each of them
  KILLS   runs that are killed at random times, again and again until they finish
"""
import os, random, shutil, signal, struct, subprocess, sys, time

spherical, faults, folder = sys.argv[1:4]
points, kills = int(sys.argv[4]), int(sys.argv[5])
options = sys.argv[sys.argv.index("--") + 1 :]
os.makedirs(folder, exist_ok=True)
folder = os.path.realpath(folder)


def command(run, resume):
    return [spherical, "train"] + (["--resume", run] if resume else options + ["--run", run])


def train(run, resume, call=None, kind="error", count=None):
    """Runs a process to its end, with a fault at that call."""
    environment = dict(os.environ)
    if call is not None:
        environment.update(LD_PRELOAD=faults, FAULT_FOLDER=run, FAULT_CALL=str(call), FAULT_KIND=kind)
    if count:
        environment["FAULT_COUNT"] = count
    return subprocess.run(command(run, resume), env=environment, capture_output=True, text=True)


def contents(run, name):
    with open(os.path.join(run, name), "rb") as file:
        return file.read()


def events(run):
    """Steps and summaries of the events, without their times."""
    names = sorted(name for name in os.listdir(run) if name.startswith("events."))
    data, at, result = b"".join(contents(run, name) for name in names), 0, []
    while at < len(data):
        (length,) = struct.unpack_from("<Q", data, at)
        message = data[at + 12 : at + 12 + length]
        at += length + 16
        if b"speed/" not in message and b"memory/" not in message:
            result.append(message[9:])  # behind the wall time
    return result


def outcome(run):
    """All that must not depend on what disturbed the run."""
    result = {name: contents(run, name) for name in ("last.safetensors", "best.safetensors", "checkpoint.safetensors")}
    lines = contents(run, "metrics.csv").decode().splitlines()
    result["metrics.csv"] = [line.rsplit(",", 1)[0] for line in lines]
    result["events"] = events(run)
    pictures = os.path.join(run, "pictures")
    result["pictures"] = {name: contents(pictures, name) for name in os.listdir(pictures)}
    result["rubbish"] = [name for name in os.listdir(run) + os.listdir(pictures) if name.endswith(".part")]
    return result


failures = 0


def judge(what, run, ended):
    global failures
    got = outcome(run) if ended.returncode == 0 else {}
    wrong = [name for name in wanted if got.get(name) != wanted[name]]
    if wrong:
        failures += 1
        print("%s: other %s\n%s" % (what, ", ".join(wrong), ended.stderr))
    else:
        shutil.rmtree(run)  # there can be thousands


def finish(run):
    """Goes on with a run until it ends by itself; one that never came to its record starts again."""
    return train(run, os.path.exists(os.path.join(run, "run.json")))


whole = os.path.join(folder, "whole")
counted = os.path.join(folder, "count")
first = train(whole, False, call=0, count=counted)
if first.returncode != 0:
    sys.exit(first.stderr)
wanted = outcome(whole)
calls = int(open(counted).read())
chosen = range(1, calls + 1)
if points:
    chosen = sorted({1 + i * (calls - 1) // max(1, points - 1) for i in range(points)})
for number, call in enumerate(chosen):
    for kind in ("error", "kill", "torn", "full") if points == 0 else (("error", "kill", "torn", "full")[number % 4],):
        run = os.path.join(folder, "%s-%d" % (kind, call))
        disturbed = train(run, False, call=call, kind=kind)
        if disturbed.returncode == 1 and not disturbed.stderr.startswith("spherical: error: "):
            failures += 1
            print("%s at call %d: expected one clear error, got %r" % (kind, call, disturbed.stderr))
        judge("%s at call %d" % (kind, call), run, finish(run))

random.seed(1)
start = time.time()
finish(os.path.join(folder, "timed"))
taken = time.time() - start
came = 0
for number in range(kills):
    run = os.path.join(folder, "kill-%d" % number)
    while True:
        resume = os.path.exists(os.path.join(run, "run.json"))
        process = subprocess.Popen(
            command(run, resume), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        try:
            process.wait(timeout=random.uniform(0.3, 1.1) * taken)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            came += 1
        errors = process.stderr.read()
        if process.wait() != -signal.SIGKILL:
            break
    judge("killed %d" % number, run, subprocess.CompletedProcess([], process.returncode, "", errors))
print("%d crash points of %d calls, %d runs with kills" % (len(chosen), calls, kills), file=sys.stderr)
print("%d kills came" % came, file=sys.stderr)
print("all as the run that nobody disturbed" if failures == 0 else "%d are not" % failures)
