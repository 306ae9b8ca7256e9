"""Chips: every locked package that an installation needs has a wheel, so that nothing is compiled on its machines."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

from pipeline.settings import ROOT

UV = pathlib.Path(sys.executable).with_name("uv")
pytestmark = [
    pytest.mark.long,  # asks a package index for some two hundred packages
    pytest.mark.skipif(not UV.exists(), reason="NOT RUN: no uv"),
]


def refusal(platform: str, folder: pathlib.Path) -> str:
    """What uv has against installing all that production needs, from wheels alone, on a platform."""
    command = [
        UV, "pip", "install", "-q", "--dry-run", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--python-version", "3.11",
        "--python-platform", platform, "--target", folder, "-r", ROOT / "requirements" / "prod.txt",
    ]  # fmt: skip
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("platform", ["aarch64-manylinux_2_28", "x86_64-manylinux_2_28"])
def test_every_package_has_a_wheel(platform: str, tmp_path: pathlib.Path) -> None:
    assert refusal(platform, tmp_path) == ""


def test_an_older_system_is_told_by_name(tmp_path: pathlib.Path) -> None:
    assert "no usable wheels" in " ".join(refusal("aarch64-manylinux2014", tmp_path).split())
