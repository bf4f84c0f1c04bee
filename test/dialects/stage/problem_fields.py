"""Whether the documentation of `stage.contract` names the fields of runtime/problem.h in their order.

Usage: problem_fields.py ROOT, which prints the fields of the header, and ends with an error if the other has others.
"""

import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
fields = re.findall(r'{"(\w+)", &ProblemOf', (root / "runtime/problem.h").read_text())
ops = (root / "dialects/stage/compute_ops.td").read_text()
documented = re.search(r"A problem is (\d+) numbers of i64, the record of runtime/problem\.h:\n(.*)\n", ops)
print(" ".join(fields))
if documented.group(2).split() != fields or int(documented.group(1)) != len(fields):
    sys.exit(f"expected the fields of runtime/problem.h in compute_ops.td, got {documented.group(2)}")
