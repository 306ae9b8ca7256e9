"""What the DAG files need of the insurers' definitions, read in milliseconds: identity and schedule, nothing else.

A file with mistakes keeps its DAG, at the default schedule and under the file's name: its run fails and names them. No
file keeps the others from being read.
"""

from __future__ import annotations

import pathlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.cron import is_cron
from schemas.errors import DefinitionError
from schemas.province import province
from schemas.yaml_text import parsed

DEFAULT_SCHEDULE = "30 1 * * *"
#: What an insurer's id may be: it names a file, a DAG, a connection and an environment variable.
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Feed:
    """One insurer as its DAG sees it; ``schedule`` is a cron expression in Asia/Shanghai."""

    insurer_id: str
    name: str
    dialect: str
    schedule: str


def feeds(folder: pathlib.Path | None = None) -> list[Feed]:
    """All insurers of a province (default: this one) that have a definition file, by id.

    Faults in a file are told by ``anze insurer check``.
    """
    files = sorted(((folder or province().folder) / "insurers").glob("*.yml"))
    return [_feed(path) for path in files if _ID.fullmatch(path.stem)]


def _feed(path: pathlib.Path) -> Feed:
    head = _head(path)
    schedule = _text(head, "schedule", DEFAULT_SCHEDULE)
    return Feed(
        insurer_id=path.stem,
        name=_text(head, "name", path.stem),
        dialect=_text(head, "extends", "own"),
        schedule=schedule if is_cron(schedule) else DEFAULT_SCHEDULE,
    )


def _head(path: pathlib.Path) -> Mapping[str, Any]:
    """The file's entries; none when it cannot be read."""
    try:
        found = parsed(path.name, path.read_bytes()).values
    except (DefinitionError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(head: Mapping[str, Any], key: str, default: str) -> str:
    """The text at a key, as far as a screen shows it; the default for anything else."""
    value = head.get(key)
    return value[:_SHOWN_CHARACTERS] if isinstance(value, str) and value.strip() else default
