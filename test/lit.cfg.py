"""Configuration of the lit tests: .mlir and .test files below test/."""

import os
import shutil
import subprocess

import lit.formats
from lit.llvm import llvm_config

config.name = "Spherical"
config.suffixes = [".mlir", ".test"]
config.excludes = ["data", "golden", "inputs"]
config.test_format = lit.formats.ShTest(not llvm_config.use_lit_shell)
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.spherical_obj_root

llvm_config.use_default_substitutions()
llvm_config.with_environment("PATH", config.llvm_tools_dir, append_path=True)
llvm_config.add_tool_substitutions(
    ["spherical-opt", "spherical-lsp-server", "spherical"], [config.spherical_tools_dir, config.llvm_tools_dir]
)
config.substitutions.append(("%libdir", config.spherical_library_dir))
config.substitutions.append(("%clang", os.path.join(config.llvm_tools_dir, "clang")))
if config.spherical_sanitize:
    config.available_features.add("sanitizer")  # the runtime then takes symbols from the program
if shutil.which("qemu-x86_64"):
    config.available_features.add("qemu-user")  # other processors; Debian's package of that name
if subprocess.run([config.python_executable, "-c", "import tensorboard"], capture_output=True).returncode == 0:
    config.available_features.add("tensorboard")  # its reader, of PyPI
config.substitutions.append(("%python", config.python_executable))
config.substitutions.append(("%root", config.spherical_src_root))
config.substitutions.append(("%docs", os.path.join(config.spherical_tools_dir, "..", "docs")))
