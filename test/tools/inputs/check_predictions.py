"""Whether files of predictions say the same: python check_predictions.py labels.npy p.csv p.json p.npz"""

import array
import ast
import csv
import json
import struct
import sys
import zipfile


def numbers(data):
    """The values of a NumPy array, by the standard library."""
    length = struct.unpack("<H", data[8:10])[0]
    kind = ast.literal_eval(data[10 : 10 + length].decode().strip())["descr"]
    return list(array.array({"<i4": "i", "<f4": "f"}[kind], data[10 + length :]))


labels, table, objects, archive = sys.argv[1:]
truth = numbers(open(labels, "rb").read())
rows = list(csv.DictReader(open(table, newline="")))
listed = json.load(open(objects))
with zipfile.ZipFile(archive) as members:
    assert members.testzip() is None
    arrays = {name[:-4]: members.read(name) for name in members.namelist()}
predicted = numbers(arrays["labels"])
shares = numbers(arrays["probabilities"])
classes = len(shares) // len(predicted)
agree = len(rows) == len(listed) == len(predicted) == len(truth)
for i, label in enumerate(predicted):
    share = shares[i * classes : (i + 1) * classes]
    agree &= int(rows[i]["sample"]) == i and listed[i]["sample"] == str(i)
    agree &= int(rows[i]["class"]) == listed[i]["class"] == label == share.index(max(share))
    agree &= abs(sum(share) - 1) < 1e-5 and abs(float(rows[i]["probability"]) - max(share)) < 1e-6
    agree &= abs(listed[i]["probability"] - max(share)) < 1e-6
right = sum(a == b for a, b in zip(truth, predicted))
print("%d samples, %d right, %s" % (len(truth), right, "all files agree" if agree else "files differ"))
