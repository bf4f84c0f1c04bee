"""Runs every command of the READMEs at small size, in a tree of its own, and compares what they show.

Usage: readme_commands.py ROOT BUILD TREE, where TREE holds the files that a reader would bring along. Each
command of a shell block stands in SMALL or NOT_RUN below, word for word; what stands there is in a block.
"""

import glob
import gzip
import os
import re
import struct
import subprocess
import sys

# What makes a command small: each text must be in it.
SMALL = {
    "examples/quickstart.sh": {"quickstart.sh": "quickstart.sh --epochs 2"},
    "cmake --workflow --preset asan": {"--workflow --preset asan": "--list-presets=workflow | grep asan"},
    "cmake --workflow --preset tsan": {"--workflow --preset tsan": "--list-presets=workflow | grep tsan"},
    "export PATH=$PWD/build/bin:$PATH": {},
    "spherical explain examples/models/quickstart.yaml --measure": {},
    "spherical train examples/models/quickstart.yaml --epochs 1": {},
    "spherical eval examples/models/quickstart.yaml --weights quickstart.safetensors --pictures found": {},
    "spherical train examples/models/quickstart.yaml --run runs/first --epochs 4 --validation 0.1"
    " --early-stopping accuracy --patience 2": {"--epochs 4": "--examples 96 --epochs 1"},
    "spherical train --resume runs/first --epochs 5": {"--epochs 5": "--epochs 2"},
    "spherical runs runs/first": {},
    "spherical train examples/experiments/paper_segmenter.yaml --canvas 24 --examples 1200"
    " --validation test --run runs/paper": {
        "--examples 1200": "--examples 64 --epochs 1"
    },
    "spherical train examples/experiments/paper_segmenter.yaml --canvas 24 --examples 1200"
    " --validation 0.1 --run runs/disjoint": {
        "--examples 1200": "--examples 64 --epochs 1"
    },
    "spherical runs runs --picture curves.svg": {},
    "spherical compile examples/models/quickstart.yaml -o libquickstart.so": {},
    "spherical data --task segmentation --items 4 --rotate --bandlimit 50 --spheres -o four.png": {
        "--bandlimit 50": "--bandlimit 20"
    },
    "spherical train examples/models/segmenter_small.yaml --canvas 28 --examples 6000 --epochs 10": {
        "--examples 6000 --epochs 10": "--examples 4 --epochs 1 --batch 4"
    },
    "spherical eval examples/models/segmenter_small.yaml --weights segmenter_small.safetensors"
    " --picture segments.png": {"--picture": "--examples 4 --batch 4 --picture"},
    "spherical weights import model.yaml state.safetensors -o weights.safetensors --high truncated": {},
    "spherical compare model.yaml --activations activations.safetensors --weights weights.safetensors": {},
    "spherical check examples/models/quickstart.yaml": {"check ": "check --rotations 1 --target=reference "},
    "spherical generate --architecture cnn --task classification --parameters 110k..120k --seed 3 --models 20"
    " -o drawn": {"--models 20": "--models 2"},
    "spherical inspect --table examples/models/*.yaml": {},
}
# What has a test of its own (own_data.test).
RUN_ELSEWHERE = ["examples/own_data/README.md"]
NOT_RUN = {
    "test/run.sh": "runs all tests, this one among them; compare.test has its --help",
}

# Stands in for examples/setup.sh, whose installation and build the quick start does not need here.
SETUP = """. %s/examples/setup.sh
install_missing() { :; }
configure() { [ "$*" = -DSPHERICAL_BUILD_TESTS=OFF ]; }
build() { [ "$*" = spherical ] && test -x build/bin/spherical; }
"""
FOLDERS = ("dialects", "passes", "runtime", "tools", "test", "examples")
faults = []


def fault(*parts):
    faults.append(parts)
    print("fault:", *parts)


def blocks(text):
    """Fenced blocks of a document, each with the section and the line before it: (section, before, language, lines)."""
    section, before, block, language = "", "", None, ""
    for line in text.splitlines():
        if line.startswith("```"):
            if block is None:
                block, language = [], line[3:]
            else:
                yield section, before, language, block
                block = None
        elif block is not None:
            block.append(line)
        else:
            section = line if line.startswith("#") else section
            before = line or before


def commands(lines):
    """The commands of a shell block, without comments; lines that end in a backslash go on."""
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        command = " ".join(re.sub(r"(^|\s)#.*", "", line).split())
        if command:
            yield command


def shrink(command):
    """The small command, or nothing where the table does not fit: what is not small is never run."""
    for text, small in SMALL[command].items():
        if command.count(text) != 1:
            fault(command, "expected once:", text)
            return None
        command = command.replace(text, small)
    return command


def run(command, exports, tree):
    """Runs a command and returns what it prints; files that it names as results must be there then."""
    script = "\n".join(exports + [command])
    result = subprocess.run(["bash", "-c", script], cwd=tree, capture_output=True, text=True)
    if result.returncode:
        fault(command, "exit status", result.returncode, result.stdout, result.stderr)
    for path in re.findall(r"(?: -o| --pictures?) (\S+)", command):
        if not os.path.exists(os.path.join(tree, path)):
            fault(command, "did not write", path)
    return result.stdout


def expect_form(shown, printed):
    """Lines shown are among those printed, in their order and with any numbers; a line `...` says only that."""
    number = r"\d[\d,]*(?:\.\d+)?(?:e[+-]\d+)?"
    lines = printed.splitlines()
    for line in shown:
        form = number.join(re.escape(part) for part in re.split(number, line))
        found = [i for i, text in enumerate(lines) if re.fullmatch(form, text)]
        if found:
            lines = lines[found[0] + 1 :]
        elif line != "...":
            fault("not printed:", line, "but", lines)


def small_digits(source, target):
    """The first digits of the IDX files: 64 to train on, 32 to test with."""
    os.mkdir(target)
    for path in glob.glob(source + "/*.gz"):
        count = 64 if "train-" in path else 32
        data = gzip.open(path).read()
        kind = data[3]
        sides = struct.unpack(">%dI" % kind, data[4 : 4 + 4 * kind])
        item = sides[1] * sides[2] if kind == 3 else 1
        head = data[:4] + struct.pack(">I", count) + data[8 : 4 + 4 * kind]
        with gzip.open(os.path.join(target, os.path.basename(path)), "wb") as file:
            file.write(head + data[4 + 4 * kind : 4 + 4 * kind + count * item])


def make_tree(root, build, tree):
    os.makedirs(tree + "/examples")
    os.makedirs(tree + "/build")
    os.symlink(build + "/bin", tree + "/build/bin")
    os.symlink(root + "/CMakePresets.json", tree + "/CMakePresets.json")
    for name in os.listdir(root + "/examples"):
        if name not in ("digits", "setup.sh"):
            os.symlink(root + "/examples/" + name, tree + "/examples/" + name)
    small_digits(root + "/examples/digits", tree + "/examples/digits")
    with open(tree + "/examples/setup.sh", "w") as file:
        file.write(SETUP % root)


def check_text(path, text, root, build):
    """Files that the text names exist, and so do topics of help."""
    prose = re.sub(r"(?ms)^```.*?^```", "", text)
    for span in re.findall(r"`([^`\n]+)`", prose):
        if span.split("/")[0] in FOLDERS and "/" in span and " " not in span and not glob.glob(root + "/" + span):
            fault(path, "no such file:", span)
        topic = re.fullmatch(r"(?:spherical )?help (\w+)", span)
        if topic and subprocess.run([build + "/bin/spherical", "help", topic[1]], capture_output=True).returncode:
            fault(path, "does not run:", span)


def check_document(path, root, tree):
    exports, seen = [], set()
    shell, printed = None, ""  # the section of the last shell block, and what that block printed
    for section, before, language, lines in blocks(open(root + "/" + path).read()):
        if language == "sh":
            shell, printed = section, ""
            for command in commands(lines):
                seen.add(command)
                if command in NOT_RUN:
                    continue
                if command not in SMALL:
                    fault(path, "is in neither SMALL nor NOT_RUN:", command)
                elif command.startswith("export "):
                    exports.append(command)
                elif small := shrink(command):
                    printed += run(small, exports, tree)
        elif language == "" and section == shell:
            expect_form(lines, printed)
        elif language == "yaml" and (named := re.fullmatch(r"`(\S+)`:", before)):
            if "\n".join(lines) + "\n" != open(root + "/" + named[1]).read():
                fault(path, "shows another", named[1])
    return seen


def main():
    root, build, tree = sys.argv[1:]
    make_tree(root, build, tree)
    documents = ["README.md"] + sorted(os.path.relpath(p, root) for p in glob.glob(root + "/examples/*/README.md"))
    seen = set()
    for path in documents:
        check_text(path, open(root + "/" + path).read(), root, build)
        if path not in RUN_ELSEWHERE:
            seen |= check_document(path, root, tree)
    for command in sorted((SMALL.keys() | NOT_RUN.keys()) - seen):
        fault("no README has the command", command)
    print("%d commands of %d documents" % (len(seen), len(documents)))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
