"""Which province the hub serves, read from its folder a second time."""

from __future__ import annotations

import functools
import os
from pathlib import Path

from schemas.yaml_text import parsed

_DEFAULT = Path(__file__).parents[1] / "sandbox" / "province"


def code() -> str:
    """The province's code: what ``province.yml`` of the folder that ``ANZE_PROVINCE`` names says."""
    return _code(os.environ.get("ANZE_PROVINCE") or str(_DEFAULT))


@functools.cache
def _code(folder: str) -> str:
    said = parsed("province.yml", (Path(folder) / "province.yml").read_bytes()).values
    return str(said["code"])
