"""A planar network on our side and on those of its peers, with the same weights and inputs."""
import subprocess
import warnings

import numpy as np
import torch

import inference_peers
import pairs
import peer
import program

LEARNING_RATE = 1e-3
# Of norms. Logits and losses: single precision (eps 6e-8), sums over some 10^3 terms, ten layers.
# Gradients are as close (3e-7) until a ReLU's argument or two values in a pool are equal but for
# rounding, d = 1e-6 of their size: of N values some 2 d N then pass the gradient on one side only,
# which is sqrt(2 d) of its norm; twenty layers make that sqrt(40 d) = 6e-3. PyTorch's two layouts
# differ from each other as much.
TOLERANCE = {"logits": 1e-4, "loss": 1e-4, "gradient": 1e-2}
TRIALS = 2
COMPILED = "compile"
PEERS = ("eager", COMPILED, *inference_peers.ENGINES)


class Contest:
    """One model on all sides. `ours`: {entry: run}; `peers`: {name: peer}, those of PyTorch with
    both entries, engines of inference with `forward` alone; `absent`: {name: why}."""

    def __init__(self, model, options, folder):
        self.name, self.batch = model.stem, options.batch
        library = f"{folder}/lib{self.name}.so"
        subprocess.run([f"{options.build}/bin/spherical", "compile", str(model), "-o", library,
                        "--batch", str(options.batch), "--threads", str(options.threads)],
                       check=True, stdout=subprocess.DEVNULL)
        self.program = program.Program(f"{options.build}/lib/libspherical_runtime.so", library,
                                       options.threads)
        torch.manual_seed(1)
        first = peer.Planar(str(model))
        self.weights = sum(value.numel() for value in first.parameters())
        self.program.bind_all(
            self.name, {name: value.numpy() for name, value in first.state_dict().items()})
        x = torch.rand(self.batch, first.channels, first.size, first.size)
        labels = torch.randint(first.classes, (self.batch, first.size, first.size))
        self._add_peers(str(model), first, x, labels, options)
        self._logits = np.zeros((self.batch, first.classes, first.size, first.size), "f4")
        self._loss = np.zeros((), "f4")
        step = {"x": x.numpy(), "labels": labels.numpy().astype("i4"),
                "learning_rate": np.full((), LEARNING_RATE, "f4")}
        call = self.program.call
        self.ours = {
            "forward": call("forward", {"x": step["x"]}, {"logits": self._logits}, self.batch),
            "train_step": call("train_step", step, {"loss": self._loss}, self.batch)}

    def _add_peers(self, model, first, x, labels, options):
        def copied(exact=False):
            network = peer.Planar(model, exact)
            network.load_state_dict(first.state_dict())
            return network

        self.peers, self.absent = {}, {}
        for layout in options.layouts if "eager" in options.peers else ():
            self.peers[f"eager, {layout}"] = peer.Peer(copied(), layout, x, labels, LEARNING_RATE)
        if COMPILED in options.peers:
            torch.compiler.reset()  # or what it has for other models counts against this one
            self.peers[COMPILED] = peer.Compiled(copied(), x, labels, LEARNING_RATE)
        for name, engine in inference_peers.ENGINES.items():
            if name not in options.peers:
                continue
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")  # of PyTorch about how these read its modules
                    self.peers[name] = engine(copied(exact=True), x, options.threads)
            except inference_peers.Absent as why:
                self.absent[name] = str(why)

    def compare(self):
        """Runs all sides without timing them: a forward and two steps, since the second loss tells
        of the first update. Leaves the largest relative distances in `agreement`; ValueError
        beyond the tolerance."""
        moments, losses = self.program.parameters("moment"), []
        self.agreement = pairs.Agreement(self.name, TOLERANCE)
        self.ours["forward"]()
        self.ours["train_step"]()
        losses.append(float(self._loss))
        # The first moment is a tenth of the gradient after the first step.
        gradients = {
            name.removeprefix("adam.m."): 10 * self.program.read(name, np.zeros(shape, "f4"))
            for name, shape in moments.items() if name.startswith("adam.m.")}
        self.ours["train_step"]()
        losses.append(float(self._loss))
        for name, theirs in self.peers.items():
            theirs.forward()
            self.agreement.check("logits", f"logits of {name}", self._logits, theirs.logits)
            if not hasattr(theirs, "train_step"):
                continue
            for step, loss in enumerate(losses):
                theirs.train_step()
                self.agreement.check("loss", f"loss of step {step + 1}, {name}", loss, theirs.loss)
                for key, value in theirs.network.named_parameters() if step == 0 else ():
                    self.agreement.check("gradient", f"gradient of {key}, {name}", gradients[key],
                                         value.grad)

    def rivals(self, entry):
        """Names of the peers to be timed: that of PyTorch's layouts whose best of a few trials,
        taken in turn, is the shorter, and the others that have the entry."""
        able = [name for name, theirs in self.peers.items() if hasattr(theirs, entry)]
        eager = [name for name in able if name.startswith("eager")]
        best = dict.fromkeys(eager, float("inf"))
        for _ in range(TRIALS):
            for name in eager:
                best[name] = min(best[name], pairs.timed(getattr(self.peers[name], entry)))
        return ([min(best, key=best.get)] if eager else []) + [
            name for name in able if name not in eager]

    def measure(self, entry, repeat):
        """-> {name of a rival: Pairs}, and the name of PyTorch's fastest, which counts (None if
        PyTorch takes no part)."""
        found = {name: pairs.Pairs(self.ours[entry], getattr(self.peers[name], entry), repeat)
                 for name in self.rivals(entry)}
        torchs = [name for name in found if name not in inference_peers.ENGINES]
        return found, min(torchs, key=lambda name: found[name].ratio, default=None)
