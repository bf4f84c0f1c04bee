"""Extracts the ```mlir examples from a dialect's .td files as one MLIR file.

Usage: examples.py FILE.td ... > examples.mlir

Each example becomes a function of its own: values that it uses without defining become arguments,
with the types that they have where they are used. Aliases (#name = ..., !name = ...) and whole
functions or modules stay at the top. An example is split from the next by `// -----`.
"""

import re
import sys

TOP_LEVEL = re.compile(r"^\s*(#\w+\s*=|!\w+\s*=|func\.func|module|stage\.table|//)")
VALUE = re.compile(r"%[A-Za-z_0-9]+")


def examples(path):
    """Yields (line, text) of each example in a .td file."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    for match in re.finditer(r"```mlir\n(.*?)```", text, re.DOTALL):
        yield text.count("\n", 0, match.start()) + 2, match.group(1)


def split_types(text):
    """Splits at commas and arrows outside of brackets."""
    parts, depth, current = [], 0, ""
    for character in text.replace("->", "\x00"):
        if character in "<[({":
            depth += 1
        elif character in ">])}":
            depth -= 1
        if character in ",\x00" and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += character
    return parts + [current.strip()]


def outside_brackets(text, needle):
    """The last position of the needle outside of brackets, or -1."""
    depth, found = 0, -1
    text = text.replace("->", "  ")
    for i, character in enumerate(text):
        if depth == 0 and text.startswith(needle, i):
            found = i
        if character in "<[({":
            depth += 1
        elif character in ">])}":
            depth -= 1
    return found


def kernel_type(line, types):
    """The kernel's type that a convolution's assembly leaves out, from the channels and points."""
    counts = [int(n) for n in re.findall(r"(?<!max_)(?:beta|alpha|gamma) = (\d+)", line)]
    points = 1
    for count in counts:
        points *= count
    channels = [re.search(r"<\d+x(\d+)", t).group(1) for t in (types[0], types[-1])]
    element = types[0].rsplit(",", 1)[1].strip(" >")
    return f"tensor<{channels[0]}x{channels[1]}x{points}x{element}>"


# Operands of one type that is written once: op -> index into the types for each operand. Without an
# entry operands take the types in order, the last one for all that follow.
REPEATED = {
    "nn.batch_norm": [0, 1, 1, 1, 1],
    "nn.batch_norm_train": [0, 1, 1, 1, 1, 2],
    "nn.batch_norm_grad": [0, 0, 1, 1, 1],
    "nn.adam": [0, 0, 0, 0, 1, 2],
    "nn.adam_update": [0, 0, 0, 0, 1],
    "nn.mean_squared_error": [0, 0, 1],
    "nn.mean_squared_error_grad": [0, 1, 1, 2],
    "nn.mean_absolute_error": [0, 0, 1],
    "nn.mean_absolute_error_grad": [0, 1, 1, 2],
    "nn.huber": [0, 0, 1],
    "nn.huber_grad": [0, 1, 1, 2],
    "nn.sgd": [0, 0, 1],
    "nn.sgd_momentum": [0, 0, 0, 1],
    "nn.moving_average": [0, 0, 1],
    "nn.accumulate": [0, 0, 1, 1],
    "spherical.complex": [0, 0],
}


def operand_types(line):
    """(value, type) of each operand in a line that is one op in its declarative form."""
    inner = re.findall(r"\((%\w+) : ([^()]*)\)", line)
    line = re.sub(r"\w+\(%\w+ : [^()]*\)", "", line)
    body = line.split("=", 1)[1] if re.match(r"\s*%", line) else line
    colon = outside_brackets(body, " : ")
    head, types = body[:colon], split_types(body[colon + 3 :])
    op = head.split()[0]
    values = VALUE.findall(head)
    if op.endswith(("_conv", "_to_s2")):
        pairs = [(values[0], types[0]), (values[1], kernel_type(head, types))]
    else:
        order = REPEATED.get(op, range(len(values)))
        pairs = [(value, types[min(i, len(types) - 1)]) for value, i in zip(values, order)]
    return pairs + inner


def join_lines(text):
    """One op or alias a line: lines that start otherwise continue the one before."""
    lines = []
    for line in text.splitlines():
        starts = re.match(r"\s*(%|#|!|//|\}|func\.|module|return|(spherical|nn|stage)\.)", line)
        if starts or not lines:
            lines.append(line)
        else:
            lines[-1] += " " + line.strip()
    return "\n".join(lines)


def wrap(name, text):
    """The example as top-level MLIR."""
    lines = text.strip().splitlines()
    if any(re.match(r"\s*(func\.func|module)", line) for line in lines):
        return text
    top = [line for line in lines if TOP_LEVEL.match(line)]
    body = [line for line in lines if line.strip() and not TOP_LEVEL.match(line)]
    known, arguments = set(), {}
    for line in body:
        for value, kind in operand_types(line):
            if value not in known:
                arguments.setdefault(value, kind)
        if re.match(r"\s*%", line):
            known.update(VALUE.findall(line.split("=", 1)[0]))
    signature = ", ".join(f"{value}: {kind}" for value, kind in arguments.items())
    function = [f"func.func @{name}({signature}) {{", *body, "  return", "}"] if body else []
    return "\n".join(top + function)


def main():
    first = True
    for path in sys.argv[1:]:
        for line, text in examples(path):
            if not first:
                print("\n// -----\n")
            first = False
            text = join_lines(text)
            print(f"// {path}:{line}")
            if all(TOP_LEVEL.match(row) for row in text.strip().splitlines()):
                # Aliases alone are parsed lazily: use each one.
                print(text.strip())
                types = re.findall(r"^\s*(!\w+)\s*=", text, re.MULTILINE)
                attributes = re.findall(r"^\s*(#\w+)\s*=", text, re.MULTILINE)
                used = ", ".join(f"a{i} = {name}" for i, name in enumerate(attributes))
                print(f"func.func private @use({', '.join(types)}) attributes {{{used}}}")
            else:
                print(wrap(f"example_{line}", text))


if __name__ == "__main__":
    main()
