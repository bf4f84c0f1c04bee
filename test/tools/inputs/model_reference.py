"""Takes the text of `spherical help model` at its word: model_reference.py SPHERICAL TEXT FOLDER.

Its whole models compile to the graph. Each layer's example does behind an input of each kind that the
text says it takes, and of no other kind; without a required key it is refused, and a default written
out changes nothing. Grids likewise.
"""

import re
import subprocess
import sys

program, text, folder = sys.argv[1:]
runs = 0

KINDS = {
    "S2": "function on S2",
    "SO(3)": "function on SO(3)",
    "features": "features",
    "image": "image",
}
BEFORE = {
    "S2": "input: {channels: 3, bandlimit: 8}\nlayers:\n  - resample: 8\n",
    "SO(3)": "input: {channels: 3, bandlimit: 8}\nlayers:\n  - s2_conv: {channels: 4, bandlimit: 8}\n",
    "features": "input: {bandlimit: 4}\nlayers:\n  - s2_conv: {channels: 4, bandlimit: 4}\n  - integrate\n",
    "image": "input: {channels: 3, size: 16}\nlayers:\n",
}
AFTER = {
    "S2": "task: segmentation\n",
    "SO(3)": "  - integrate\ntask: classification\n",
    "features": "task: classification\n",
    "image": "task: segmentation\n",
}


def graph(model):
    """The graph of a model, or None and what is said of it."""
    global runs
    runs += 1
    path = folder + "/model.yaml"
    with open(path, "w") as file:
        file.write(model)
    command = [program, "compile", path, "--compile-to=graph", "--no-locations"]
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout, "") if done.returncode == 0 else (None, done.stderr)


def expect(model, accepted, what):
    found, said = graph(model)
    if (found is not None) != accepted:
        sys.exit(f"{what}: expected {'a graph' if accepted else 'an error'}, got {said or 'a graph'}\n{model}")
    return found


def kinds(words):
    """Keys of KINDS in "a function on S2 or SO(3)"."""
    if words == "anything":
        return set(KINDS)
    return {kind for kind in KINDS if re.search(r"(^|\W)" + re.escape(kind) + r"(\W|$)", words)}


def model(kind, given, layer):
    """A model that ends in the layer, or in one behind it."""
    return BEFORE[kind] + "  - " + layer + "\n" + AFTER[given]


def keys(section):
    """(name, default, None if it is required, empty if it depends) of each key."""
    flat = re.sub(r"\n  ", " ", section)
    for name, inside in re.findall(r"^- `(\w+)` \((.*?)\): ", flat, re.MULTILINE):
        default = re.search(r", default ([^,]*)", inside)
        yield name, default.group(1) if default else None if inside.endswith("required") else ""


def without(settings, name):
    return re.sub(r",? ?\b" + name + r": (\[[^\]]*\]|\{[^}]*\}|[^,}]*)", "", settings).replace("{, ", "{")


def check_layer(name, section):
    example = re.search(r"^    - (.*)$", section, re.MULTILINE).group(1)
    flow = re.search(r"Takes (.*?), gives (.*?)\. ", re.sub(r"\s+", " ", section))
    takes = kinds(flow.group(1))
    for kind in KINDS:
        given = kind if flow.group(2) == "the same kind" else kinds(flow.group(2)).pop()
        block = "conv2d: {channels: 8, kernel: 3, padding: zero}" if kind == "image" else None
        layer = f"residual: [{block}, relu]" if name == "residual" and block else example
        expect(model(kind, given, layer), kind in takes, f"{name} behind {KINDS[kind]}")
    kind = sorted(takes)[0]
    given = kind if flow.group(2) == "the same kind" else kinds(flow.group(2)).pop()
    if "in place of a map" in section:  # whose example has that form
        return 0
    checked = 0
    for key, default in keys(section):
        bare = without(example, key)
        if key == "stride":  # which output_padding stays below
            bare = without(bare, "output_padding")
        if default is None:
            expect(model(kind, given, bare), False, f"{name} without {key}")
        elif default and key != "high":  # which a band-limit that does not grow has not
            settings = bare if "{" in bare else bare + ": {}"
            explicit = (settings[:-1] + f", {key}: {default}}}").replace("{, ", "{")
            plain = graph(model(kind, given, bare))[0]
            if plain != expect(model(kind, given, explicit), True, f"{name} with {key}: {default}"):
                sys.exit(f"{name}: {key} is not {default} by default")
        checked += 1
    return checked


def check_grid(kind, section):
    """near_identity and equatorial, on SO(3); soft and points have required keys alone."""
    wanted = {"soft": "bandlimit: 2", "points": "points: [[0.1, 0.2, -0.2]]"}.get(kind)
    layer = "so3_conv: {channels: 2, bandlimit: 4, grid: {kind: %s%s}}"
    plain = expect(model("SO(3)", "SO(3)", layer % (kind, ", " + wanted if wanted else "")), True, kind)
    checked = 0
    for key, default in keys(section):
        if default is None:
            expect(model("SO(3)", "SO(3)", layer % (kind, "")), False, f"{kind} without {key}")
        elif default:
            found = expect(model("SO(3)", "SO(3)", layer % (kind, f", {key}: {default}")), True, key)
            if found != plain:
                sys.exit(f"{kind}: {key} is not {default} by default")
        checked += 1
    return checked


def main():
    whole = open(text).read()
    models = re.findall(r"```yaml\n(.*?)```", whole, re.DOTALL)
    for i, example in enumerate(models):
        with open(f"{folder}/example{i}.yaml", "w") as file:
            file.write(example)
        expect(example, True, f"example {i}")
    layers, grids = re.search(r"\n## Layers\n(.*)\n## Kernel grids\n(.*)\n## Examples", whole, re.DOTALL).groups()
    parts = re.split(r"^### (\w+)\n", layers, flags=re.MULTILINE)[1:]
    count = sum(check_layer(name, section) for name, section in zip(parts[::2], parts[1::2]))
    points = re.split(r"^### (\w+)\n", grids, flags=re.MULTILINE)[1:]
    count += sum(check_grid(name, section) for name, section in zip(points[::2], points[1::2]))
    print(f"{len(models)} models, {len(parts) // 2} layers, {len(points) // 2} grids, {count} keys: as described")


main()
