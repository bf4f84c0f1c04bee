"""Files that go from other programs to Spherical and back: python other_programs.py SPHERICAL INPUTS FOLDER"""

import subprocess
import sys

spherical, inputs, folder = sys.argv[1:]


def run(*arguments):
    subprocess.run([spherical, *arguments], check=True, stdout=subprocess.DEVNULL)


def train(model, data, weights):
    run("train", inputs + "/" + model, "--data", data, "--epochs", "2", "--output", weights)


def predict(model, weights, data, output):
    run("predict", inputs + "/" + model, "--weights", weights, "--input", data, "--output", output)


def check_numpy():
    import numpy

    arrays = numpy.load(folder + "/arrays/stored.npz")
    data = folder + "/numpy.npz"
    numpy.savez_compressed(
        data, x=arrays["x"].astype(">f8"), labels=arrays["labels"], classes=numpy.array(["red", "grün", "blue"])
    )
    train("rgb.yaml", data, folder + "/numpy.safetensors")
    for ending in ("npz", "npy"):
        predict("rgb.yaml", folder + "/numpy.safetensors", data, folder + "/out." + ending)
    out = numpy.load(folder + "/out.npz")
    assert out["labels"].shape == (60,) and out["labels"].dtype == numpy.int32
    assert out["probabilities"].shape == (60, 3)
    assert (out["probabilities"].argmax(1) == out["labels"]).all()
    assert list(out["classes"]) == ["red", "grün", "blue"]
    assert (numpy.load(folder + "/out.npy") == out["labels"]).all()


def check_h5py():
    import h5py
    import numpy

    arrays = numpy.load(folder + "/arrays/stored.npz")
    data = folder + "/h5py.h5"
    with h5py.File(data, "w") as file:
        file.create_dataset("x", data=arrays["x"], compression="gzip", chunks=(7, 3, 12, 12))
        file["labels"] = arrays["labels"]
        file.attrs["classes"] = ["red", "green", "blue"]
    train("rgb.yaml", data, folder + "/h5py.safetensors")
    predict("rgb.yaml", folder + "/h5py.safetensors", data, folder + "/out.h5")
    with h5py.File(folder + "/out.h5") as file:
        assert (file["probabilities"][:].argmax(1) == file["labels"][:]).all()
        assert [str(name) for name in file.attrs["classes"]] == ["red", "green", "blue"]


def check_pil():
    from PIL import Image

    train("rgb_masks.yaml", folder + "/masks", folder + "/pil.safetensors")
    predict("rgb_masks.yaml", folder + "/pil.safetensors", folder + "/masks", folder + "/pil")
    image = Image.open(folder + "/pil/00.png")
    assert image.mode == "P" and image.size == (12, 12) and max(image.getdata()) < 4
    assert image.getpalette()[3:6] == [255, 0, 0]


for name, check in (("numpy", check_numpy), ("h5py", check_h5py), ("PIL", check_pil)):
    try:
        __import__(name)
    except ImportError:
        print(name + ": not installed")
        continue
    check()
    print(name + ": agrees")
