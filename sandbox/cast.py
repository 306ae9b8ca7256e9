"""The cast: invented insurers, ``cast:`` of a province's world. No real company appears.

``dialect`` is how the insurer speaks: an API dialect served by sandbox.server, or a drop dialect written by
sandbox.drops. ``fault`` is what goes wrong in the demo night, and only then.
"""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.world import Fault, World, of_world


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
    return tuple(
        Insurer(insurer_id, f"{member.name}财产保险(模拟)", member.dialect, member.fault)
        for insurer_id, member in world.said.members.items()
    )


def number(insurer: Insurer) -> int:
    """An insurer's place in the cast, from 1."""
    return cast().index(insurer) + 1
