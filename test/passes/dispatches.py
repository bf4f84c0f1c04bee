"""Places where a pass or tool asks which op it has before it, by three classes or more.

Usage: dispatches.py ROOT, which prints a line for each place, "file:line: classes", and their number.

What an op is known by belongs to the op (dialects/where_things_go.md). The fp64 reference has the definitions of all
ops, and the folders expand, differentiate and fuse hold patterns, which name what they replace: they do not count.
"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
ops = set()
for definition in root.glob("dialects/*/*.td"):
    if definition.parent.name != "stage":
        ops |= {name + "Op" for name in re.findall(r"^def (?:NN|Spherical)_(\w+)Op :", definition.read_text(), re.M)}
found = 0
for source in sorted([*root.glob("passes/**/*.cpp"), *root.glob("tools/**/*.cpp"), *root.glob("passes/**/*.h")]):
    place = source.relative_to(root)
    if place.parts[1] in ("expand", "differentiate", "fuse") or "reference" in place.parts:
        continue
    text = source.read_text()
    for match in re.finditer(r"(?:isa\w*|dyn_cast\w*|Case)<([^<>;()]*)>|TypeSwitch<.*?;", text, re.S):
        classes = [name for name in re.findall(r"\b(\w+Op)\b", match.group()) if name in ops]
        if len(set(classes)) >= 3:
            found += 1
            print(f"{place}:{text.count(chr(10), 0, match.start()) + 1}: {len(set(classes))} classes")
print(found, "places")
