"""What the DAG files need of the insurers' definitions, read in milliseconds: identity and schedule, nothing else."""

from __future__ import annotations

import pathlib
from dataclasses import dataclass

import yaml

INSURERS = pathlib.Path(__file__).resolve().parent.parent / "connectors" / "insurers"
DEFAULT_SCHEDULE = "30 1 * * *"


@dataclass(frozen=True)
class Feed:
    """One insurer as its DAG sees it; ``schedule`` is a cron expression in Asia/Shanghai."""

    insurer_id: str
    name: str
    dialect: str
    schedule: str


def feeds(folder: pathlib.Path = INSURERS) -> list[Feed]:
    """All insurers that have a definition file, by id. Faults in a file are told by ``anze insurer check``."""
    return [_feed(path) for path in sorted(folder.glob("*.yml"))]


def _feed(path: pathlib.Path) -> Feed:
    head = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    return Feed(
        insurer_id=path.stem,
        name=str(head.get("name", path.stem)),
        dialect=str(head.get("extends", "")),
        schedule=str(head.get("schedule", DEFAULT_SCHEDULE)),
    )
