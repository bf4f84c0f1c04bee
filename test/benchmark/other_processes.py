"""What other processes take of the machine while a benchmark runs."""
import os


class Others:
    """Share of the machine that other processes take, between two calls of `share`."""

    def __init__(self):
        self._last = self._now()

    @staticmethod
    def _now():
        with open("/proc/stat") as file:
            user, nice, system, idle, wait, *rest = map(int, file.readline().split()[1:9])
        busy = user + nice + system + sum(rest)
        own = sum(os.times()[:4]) * os.sysconf("SC_CLK_TCK")
        return busy + idle + wait, busy - own

    def share(self):
        (before, theirs), self._last = self._last, self._now()
        return max(0.0, (self._last[1] - theirs) / max(1, self._last[0] - before))
