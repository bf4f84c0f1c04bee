"""What benchmarks beside a peer share: runs in turn, distances, the machine's name and peak."""
import os
import statistics
import subprocess
import sys
import time

import other_processes

# Huge pages, and memory that is kept: fresh pages cost more than what is computed in them.
MEMORY = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_max=0:"
                            "glibc.malloc.trim_threshold=17179869184:"
                            "glibc.malloc.top_pad=268435456"}

# Seconds. Idle threads look for work before they sleep: OpenMP's some 10 ms, ours less.
SETTLE = 0.05


def timed(run):
    time.sleep(SETTLE)
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def distance(ours, theirs):
    """Norm of the difference over the norm of `theirs`."""
    import numpy as np  # scripts look for it themselves and say so
    theirs = np.asarray(theirs)
    theirs = theirs.astype(np.result_type(theirs, np.float64))
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


class Agreement:
    """Distances of a model's values from a peer's, `worst` of each kind, within `tolerance` of its."""

    def __init__(self, model, tolerance):
        self.model, self.tolerance, self.worst = model, tolerance, {}

    def check(self, kind, what, ours, theirs):
        """ValueError beyond the tolerance, with what was compared: "logits of eager"."""
        error, allowed = distance(ours, theirs), self.tolerance[kind]
        if not error <= allowed:
            raise ValueError(f"{self.model}: {what} expected to differ from the peer's by at most "
                             f"{allowed:.0e} of the norm, got {error:.1e}")
        self.worst[kind] = max(self.worst.get(kind, 0.0), error)

    def text(self):
        return ", ".join(f"{error:.0e} ({kind})" for kind, error in self.worst.items())


def measure_peak(build, threads):
    """10^9 operations a second, the best of several tries: other processes disturb most of them."""
    command = [f"{build}/bin/machine_peak", str(threads)]
    tries = (subprocess.run(command, check=True, capture_output=True, text=True) for _ in range(20))
    return max(float(found.stdout) for found in tries)


def describe_machine(threads, peak):
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return (f"CPU {names[0] if names else 'unknown'}, {threads} threads, measured peak "
            f"{peak:.0f} GFLOP/s; load average %.2f %.2f %.2f" % os.getloadavg())


def start_anew_with(environment):
    """Starts the script again if variables that must be there from the start are missing."""
    missing = {name: value for name, value in environment.items() if name not in os.environ}
    if missing:
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **missing})


class Pairs:
    """`repeat` runs of ours and theirs in turn. Medians in seconds: `ours`, `theirs`; of the pairs'
    theirs / ours: `ratio`, `least`, `most`; `others`: share of the machine that others took."""

    def __init__(self, ours, theirs, repeat):
        others = other_processes.Others()
        pairs = [(timed(ours), timed(theirs)) for _ in range(repeat)]
        self.others = others.share()
        self.ours, self.theirs = (statistics.median(times) for times in zip(*pairs))
        ratios = [second / first for first, second in pairs]
        self.ratio, self.least, self.most = statistics.median(ratios), min(ratios), max(ratios)

    def spread(self):
        return f"{self.ratio:.2f} [{self.least:.2f}, {self.most:.2f}]"
