"""Words that say nothing, ``placeholders.yml``: null, 无, a stroke. A cell that holds one was not filled in."""

from __future__ import annotations

import functools
import pathlib
from typing import Annotated, Literal

from pydantic import Field

from schemas.folding import as_seen
from schemas.yaml_files import Entry, Listed, Text, read_yaml

FILE = pathlib.Path(__file__).with_name("placeholders.yml")

Place = Literal["every", "name"]


class Group(Entry):
    """Words of one origin, and where they say nothing."""

    source: Text
    place: Annotated[Place, Field(validation_alias="in")]
    words: Listed[Text]


def plain(text: str) -> str:
    """Text as such words are compared: half width, lower case, without blanks around."""
    return as_seen(text).lower()


@functools.cache
def placeholders(place: Place) -> frozenset[str]:
    """The words of identifiers and codes (``every``), or of names, where some more say nothing."""
    groups = read_yaml(FILE.name, FILE.read_bytes(), list).parts(Group)
    return frozenset(plain(word) for group in groups if group.place in ("every", place) for word in group.words)
