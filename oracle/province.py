"""Which province the hub serves, read from its folder a second time."""

from __future__ import annotations

import functools
import os
from pathlib import Path

import yaml

_DEFAULT = Path(__file__).parents[1] / "sandbox" / "province"


def code() -> str:
    """The province's code: what ``province.yml`` of the folder that ``ANZE_PROVINCE`` names says."""
    return _code(os.environ.get("ANZE_PROVINCE") or str(_DEFAULT))


@functools.cache
def _code(folder: str) -> str:
    said = yaml.safe_load((Path(folder) / "province.yml").read_text(encoding="utf-8"))
    return str(said["code"])
