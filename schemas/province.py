"""The province that an installation serves: a folder that its deployer owns, named by ``ANZE_PROVINCE``.

Without one it is the sandbox's. ``province.yml`` in it says which province this is (code of GB/T 2260).
"""

from __future__ import annotations

import functools
import os
import pathlib
from dataclasses import dataclass

import yaml

DEFAULT = pathlib.Path(__file__).parents[1] / "sandbox" / "province"
VARIABLE = "ANZE_PROVINCE"


@dataclass(frozen=True)
class Province:
    """What a province's folder says of it."""

    folder: pathlib.Path
    code: str


def province() -> Province:
    """The province of this process."""
    return read_province(pathlib.Path(os.environ.get(VARIABLE) or DEFAULT).resolve())


@functools.cache
def read_province(folder: pathlib.Path) -> Province:
    """The province of a folder."""
    said = yaml.safe_load((folder / "province.yml").read_text(encoding="utf-8"))
    return Province(folder, said["code"])
