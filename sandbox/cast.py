"""The cast: invented insurers, ``cast:`` of a province's world. No real company appears.

``dialect`` is how the insurer speaks: an API dialect served by sandbox.server, or a drop dialect written by
sandbox.drops. ``fault`` is what goes wrong in the demo night, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from sandbox.world import World, of_world

Fault = Literal["throttling", "down", "bad_rows", "silent", "duplicate"]


@dataclass(frozen=True)
class Insurer:
    """One simulated insurer; ``insurer_id`` names its definition file and its DAG."""

    insurer_id: str
    name_zh: str
    dialect: str
    fault: Fault | None = None

    @property
    def insurer_code(self) -> str:
        return self.insurer_id.upper()

    @property
    def is_drop(self) -> bool:
        return self.dialect.startswith(("csv_", "xlsx_"))


@of_world
def cast(world: World) -> tuple[Insurer, ...]:
    """The insurers of the present province, in the order of their size. Raises DefinitionError."""
    return tuple(_insurer(world, insurer_id, entry) for insurer_id, entry in world.values["cast"].items())


def number(insurer: Insurer) -> int:
    """An insurer's place in the cast, from 1."""
    return cast().index(insurer) + 1


def _insurer(world: World, insurer_id: str, entry: Any) -> Insurer:
    if not isinstance(entry, dict) or not {"name", "dialect"} <= set(entry) <= {"name", "dialect", "fault"}:
        raise world.refuse("cast", f"{insurer_id}: {entry!r} is no insurer", "{name: ..., dialect: ..., fault: ...}")
    if entry.get("fault") not in (None, *get_args(Fault)):
        raise world.refuse("cast", f"{insurer_id}: {entry['fault']!r} is no fault", ", ".join(get_args(Fault)))
    return Insurer(insurer_id, f"{entry['name']}财产保险(模拟)", entry["dialect"], entry.get("fault"))
