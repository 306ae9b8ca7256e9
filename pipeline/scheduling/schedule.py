"""What the DAG files need of the insurers' definitions, read in milliseconds: identity and schedule, nothing else.

A file with mistakes keeps its DAG, at the default schedule and under the file's name: its run fails and names them. No
file keeps the others from being read.
"""

from __future__ import annotations

import functools
import pathlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.cron import is_cron
from connectors.files import Files
from schemas.errors import DefinitionError
from schemas.province import province
from schemas.yaml_text import parsed

DEFAULT_SCHEDULE = "30 1 * * *"
#: What must run where the drop folder is goes to a queue of its own: its machine's worker listens to both.
DROPS, DEFAULT_QUEUE = "drops", "default"
#: What an insurer's id may be: it names a file, a DAG, a connection and an environment variable.
_ID = re.compile(r"[a-z][a-z0-9_]{1,30}")
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class Feed:
    """One insurer as its DAG sees it; ``schedule`` is a cron expression in Asia/Shanghai.

    ``is_drop``: its files are put into the drop folder.
    """

    insurer_id: str
    name: str
    dialect: str
    schedule: str
    is_drop: bool

    @property
    def queue(self) -> str:
        """The Celery queue of its tasks; an executor of one machine asks for none."""
        return DROPS if self.is_drop else DEFAULT_QUEUE


def feeds(folder: pathlib.Path | None = None) -> list[Feed]:
    """All insurers of a province (default: this one) that have a definition file, by id.

    Faults in a file are told by ``anze insurer check``.
    """
    places = Files(folder)
    files = sorted(((folder or province().folder) / "insurers").glob("*.yml"))
    channel_of = functools.cache(lambda dialect: _head(places.path(f"vendors/{dialect}.yml")).get("channel"))
    return [_feed(path, channel_of) for path in files if _ID.fullmatch(path.stem)]


def _feed(path: pathlib.Path, channel_of: Callable[[str], object]) -> Feed:
    head = _head(path)
    schedule, dialect = _text(head, "schedule", DEFAULT_SCHEDULE), _text(head, "extends", "own")
    channel = head.get("channel") or (channel_of(dialect) if _ID.fullmatch(dialect) else None)
    return Feed(
        insurer_id=path.stem,
        name=_text(head, "name", path.stem),
        dialect=dialect,
        schedule=schedule if is_cron(schedule) else DEFAULT_SCHEDULE,
        is_drop=channel == "drop",
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
