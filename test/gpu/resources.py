#!/usr/bin/env python3
"""What ptxas says of the kernels of models: resources.py [--build BUILD] [--batch N] GPU,... MODEL.yaml ...

Compiles each model for each GPU and prints a line: the number of kernels, the most registers of a thread, the most
dynamic shared memory of a block, bytes spilled, sizes of PTX and machine code, seconds of `spherical compile` and of
the ptxas that it calls. Exits with 1 where registers are spilled. Needs ptxas in PATH or /usr/local/cuda/bin, no GPU.
"""

import argparse
import ctypes
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

PTX, CUBIN = 1, 2  # sph_image_kind (runtime/cuda/device.h)


class Image(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_int32), ("chip", ctypes.c_int32), ("bytes", ctypes.c_int64),
                ("data", ctypes.c_void_p)]


def read(library):
    """The images by kind, and the manifest, of a compiled library."""
    code = ctypes.CDLL(str(library), mode=os.RTLD_LAZY)
    images, address = {}, ctypes.addressof(Image.in_dll(code, "sph_images"))
    while (image := Image.from_address(address)).kind:
        images[image.kind] = ctypes.string_at(image.data, image.bytes)
        address += ctypes.sizeof(Image)
    manifest = ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(code, "sph_manifest")))
    return images, json.loads(manifest)


def watch(ptxas, folder):
    """Puts a ptxas in front of `ptxas` that leaves in `folder` what it says with -v and when it began and ended."""
    wrapper = folder / "ptxas"
    wrapper.write_text(f"""#!/bin/sh
date +%s.%N > {folder}/begin
{ptxas} -v "$@" 2> {folder}/said
code=$?
date +%s.%N > {folder}/end
exit $code
""")
    wrapper.chmod(0o755)
    return {**os.environ, "SPHERICAL_CACHE": str(folder / "cache"), "PATH": f"{folder}:{os.environ['PATH']}"}


def measure(arguments, ptxas, gpu, model):
    """One line of the table; the bytes spilled."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        library, begin = folder / "model.so", time.monotonic()
        subprocess.run([arguments.build / "bin/spherical", "compile", model, "--target=cuda", f"--gpu={gpu}",
                        f"--batch={arguments.batch}", "-o", library], check=True, stdout=subprocess.DEVNULL,
                       env=watch(ptxas, folder))
        compiled = time.monotonic() - begin
        images, manifest = read(library)
        said = (folder / "said").read_text()
        assembled = float((folder / "end").read_text()) - float((folder / "begin").read_text())
    registers = [int(n) for n in re.findall(r"Used (\d+) registers", said)]
    spilled = sum(int(n) for n in re.findall(r"(\d+) bytes spill", said))
    shared = max(stage["shared"] for entry in manifest["entries"] for stage in entry["stages"])
    print(f"{pathlib.Path(model).stem:24} {gpu:7} {len(registers):7} {max(registers):9} {shared:7} {spilled:7} "
          f"{len(images[PTX]) >> 10:7} {len(images[CUBIN]) >> 10:9} {compiled:9.1f} {assembled:7.1f}", flush=True)
    return spilled


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    root = pathlib.Path(__file__).resolve().parents[2]
    parser.add_argument("--build", type=pathlib.Path, default=root / "build")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("gpus", help="sm_75,sm_80,...")
    parser.add_argument("models", nargs="+")
    arguments = parser.parse_args()
    ptxas = shutil.which("ptxas") or shutil.which("/usr/local/cuda/bin/ptxas")
    if not ptxas:
        sys.exit("expected ptxas of the CUDA toolkit in PATH or /usr/local/cuda/bin, got none")
    print(f"{'model':24} {'gpu':7} {'kernels':>7} {'registers':>9} {'shared':>7} {'spilled':>7} {'PTX/KiB':>7} "
          f"{'code/KiB':>9} {'compile/s':>9} {'ptxas/s':>7}")
    spilled = sum(measure(arguments, ptxas, gpu, model) for model in arguments.models
                  for gpu in arguments.gpus.split(","))
    return spilled > 0


if __name__ == "__main__":
    sys.exit(main())
