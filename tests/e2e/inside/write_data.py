"""Runs inside the client pod: writes the data files that the tests' TrainingJobs read."""

import pathlib

from sklearn.datasets import load_breast_cancer

folder = pathlib.Path("/mnt/volumes/data")
frame = load_breast_cancer(as_frame=True).frame
frame.columns = [name.replace(" ", "_") for name in frame.columns]
frame["malignant"] = 1 - frame.pop("target")

frame.to_csv(folder / "cancer.csv", index=False)
frame.head(0).to_csv(folder / "empty.csv", index=False)
frame[frame.malignant == 1].to_csv(folder / "one-class.csv", index=False)
frame.assign(malignant=frame.malignant.map({0: "no", 1: "yes"})).to_csv(folder / "words.csv", index=False)
(folder / "noise.parquet").write_bytes(bytes(range(256)) * 16)
