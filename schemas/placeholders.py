"""Words that say nothing, ``placeholders.yml``: null, 无, a stroke. A cell that holds one was not filled in."""

from __future__ import annotations

import functools
import pathlib
from typing import Literal

import yaml

from schemas.folding import as_seen

FILE = pathlib.Path(__file__).with_name("placeholders.yml")

Place = Literal["every", "name"]


def plain(text: str) -> str:
    """Text as such words are compared: half width, lower case, without blanks around."""
    return as_seen(text).lower()


@functools.cache
def placeholders(place: Place) -> frozenset[str]:
    """The words of identifiers and codes (``every``), or of names, where some more say nothing."""
    groups = yaml.load(FILE.read_bytes(), yaml.CSafeLoader)
    return frozenset(plain(word) for group in groups if group["in"] in ("every", place) for word in group["words"])
