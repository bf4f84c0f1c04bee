"""Writes the page "From a layer to its kernel": layer_to_kernel.py SPHERICAL PAGE.md

One layer in the IR after each phase, as `spherical compile --compile-to=PHASE` prints it.
"""

import os
import re
import subprocess
import sys
import tempfile

LAYER = """\
func.func @layer(%x: !spherical.s2<2x3, b = 4, f32>, %kernel: tensor<3x5x6xf32>)
    -> !spherical.so3<2x5, b = 3, f32> {
  %y = spherical.s2_conv %x, %kernel grid <s2_near_identity<beta = 1, alpha = 6, max_beta = 0.4>>
      : !spherical.s2<2x3, b = 4, f32> -> !spherical.so3<2x5, b = 3, f32>
  %z = nn.relu %y : !spherical.so3<2x5, b = 3, f32>
  return %z : !spherical.so3<2x5, b = 3, f32>
}
"""

WIDTH = 118

PHASES = [
    ("graph", "The layer and its ReLU, on types that say what a value is: 2 samples of 3 channels on S2,\n"
              "of band-limit 4. The kernel has a weight at 6 points."),
    ("expand", "The convolution is a Fourier transform of the input and of the kernel, a product of the\n"
               "two spectra, and the transform back. The spectrum of the input stops at degree 3: no\n"
               "other reaches the result. The layer's scale is a factor of the kernel's transform."),
    ("differentiate", "Nothing: the function has no gradient to add. Models get the entries\n"
                      "`loss_and_gradients` and `train_step` here."),
    ("fuse", "The ReLU and the transform that it follows become one op, which says in a region what\n"
             "happens to each value."),
    ("schedule", "Each op has its choice, with the reason: algorithm, radices, lanes, tasks. Where\n"
                 "neighbours keep samples otherwise in memory, the layout is converted."),
    ("plan", "Values are places in one arena, the first argument; results are arguments. Constants are\n"
             "tables. Each `stage.sweep` is a stage, whose body is done for each of its tasks: transforms\n"
             "along an axis (`dft`), matrix products (`contract`), and moves (`gather`)."),
]


def printed(program, source, phase):
    command = [program, "compile", source, f"--compile-to={phase}", "--no-locations", "--cpu=x86-64-v3"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def block(text):
    """A block of MLIR; lines are cut where they are longer than a page is wide."""
    lines = [line if len(line) <= WIDTH else line[: WIDTH - 4] + " ..." for line in text.splitlines()]
    return "```mlir\n" + "\n".join(lines) + "\n```\n"


def functions(text):
    """{name: text} of the functions with a body."""
    pattern = r"^  llvm\.func (?:internal )?@(\w+)\([^\n]*\{\n.*?^  \}\n"
    return {found.group(1): found.group() for found in re.finditer(pattern, text, re.MULTILINE | re.DOTALL)}


def lowered(text):
    """The functions of the phase lower, a task, and the heart of the kernel that it calls."""
    all_functions = functions(text)
    rows = "".join(f"| `{name}` | {body.count(chr(10)) - 2} |\n" for name, body in all_functions.items())
    task = next(name for name in all_functions if name.startswith("task_spectral_matmul_"))
    kernel = next(name for name in re.findall(r"llvm\.call @(\w+)", all_functions[task]) if name in all_functions)
    lines = all_functions[kernel].splitlines()
    heart = max(0, next(i for i, line in enumerate(lines) if "llvm.intr.fma" in line) - 16)
    return (
        "A function for each kind of stage, called for each task by the task pool, and the kernels that they\n"
        "call:\n\n"
        "| function | lines |\n| --- | --- |\n" + rows + f"\nThe task `{task}`:\n\n" + block(all_functions[task])
        + f"\nIts kernel `{kernel}`, where it first multiplies:\n\n" + block("\n".join(lines[heart : heart + 32]))
        + "\nLLVM makes machine code of it: the phase artifact.\n"
    )


def main():
    program, page = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "layer.mlir")
        with open(source, "w") as file:
            file.write(LAYER)
        text = "# From a layer to its kernel\n\nThe file `layer.mlir`:\n\n" + block(LAYER)
        for phase, explanation in PHASES:
            command = f"`spherical compile layer.mlir --compile-to={phase} --no-locations --cpu=x86-64-v3`"
            text += f"\n## {phase}\n\n{command}\n\n{explanation}\n\n" + block(printed(program, source, phase))
        text += "\n## lower\n\n" + lowered(printed(program, source, "lower"))
    os.makedirs(os.path.dirname(page), exist_ok=True)
    with open(page + ".part", "w") as file:
        file.write(text)
    os.replace(page + ".part", page)


main()
