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


def check_netcdf4():
    import netCDF4
    import numpy

    arrays = numpy.load(folder + "/arrays/stored.npz")
    data = folder + "/netcdf4.nc"
    with netCDF4.Dataset(data, "w", format="NETCDF3_CLASSIC") as file:
        for name, extent in (("n", None), ("c", 3), ("h", 12), ("w", 12)):
            file.createDimension(name, extent)
        x = file.createVariable("x", "i1", ("n", "c", "h", "w"), fill_value=-1)
        x.setncatts({"_Unsigned": "true", "scale_factor": 0.004})
        x.set_auto_maskandscale(False)
        x[:] = (arrays["x"] * 250).astype("u1").view("i1")
        file.createVariable("labels", "i2", ("n",))[:] = arrays["labels"]
    train("rgb.yaml", data, folder + "/netcdf4.safetensors")
    predict("rgb.yaml", folder + "/netcdf4.safetensors", data, folder + "/out.nc")
    with netCDF4.Dataset(folder + "/out.nc") as file:
        assert (file["probabilities"][:].argmax(1) == file["labels"][:]).all()
    # The same numbers without packing give the same predictions.
    numpy.savez(folder + "/plain.npz", x=(arrays["x"] * 250).astype("u1") * numpy.float64(0.004))
    predict("rgb.yaml", folder + "/netcdf4.safetensors", folder + "/plain.npz", folder + "/plain.npy")
    with netCDF4.Dataset(folder + "/out.nc") as file:
        assert (numpy.load(folder + "/plain.npy") == file["labels"][:]).all()


def check_healpy():
    import healpy
    import numpy

    nside, degrees = 8, 8
    draw = numpy.random.default_rng(3)
    shape = healpy.Alm.getsize(degrees - 1)
    alm = draw.normal(size=shape) + 1j * draw.normal(size=shape)
    alm[:degrees] = alm[:degrees].real  # orders 0
    ring = healpy.alm2map(alm, nside, lmax=degrees - 1)
    numpy.save(folder + "/ring.npy", ring.reshape(1, 1, -1))
    for grid in ("soft", "healpix-nested %d" % nside):
        run("data", "convert", folder + "/ring.npy", "--from", "healpix-ring", "--to", grid, "--bandlimit", str(degrees),
            "--output", folder + "/" + grid[:4] + ".npy")  # fmt: skip
    nested = numpy.load(folder + "/heal.npy").ravel()
    assert abs(nested - healpy.reorder(ring, r2n=True)).max() < 1e-4 * abs(ring).max()
    # The value of the field at each point of the soft grid, from its harmonics.
    points = numpy.arange(2 * degrees)
    beta, alpha = numpy.meshgrid(numpy.pi * (2 * points + 1) / (4 * degrees), numpy.pi * points / degrees, indexing="ij")
    soft = healpy.get_interp_val(healpy.alm2map(alm, 512, lmax=degrees - 1), beta.ravel(), alpha.ravel())
    assert abs(numpy.load(folder + "/soft.npy").ravel() - soft).max() < 1e-3 * abs(ring).max()


def check_pil():
    from PIL import Image

    train("rgb_masks.yaml", folder + "/masks", folder + "/pil.safetensors")
    predict("rgb_masks.yaml", folder + "/pil.safetensors", folder + "/masks", folder + "/pil")
    image = Image.open(folder + "/pil/00.png")
    assert image.mode == "P" and image.size == (12, 12) and image.getextrema()[1] < 4
    assert image.getpalette()[3:6] == [255, 0, 0]


CHECKS = {"numpy": check_numpy, "h5py": check_h5py, "netCDF4": check_netcdf4, "healpy": check_healpy, "PIL": check_pil}
for name, check in CHECKS.items():
    try:
        __import__(name)
    except ImportError:
        print(name + ": not installed")
        continue
    check()
    print(name + ": agrees")
