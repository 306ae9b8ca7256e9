"""Random deliveries with renumberings, in any order, against records that have an identity beside their numbers."""

from __future__ import annotations

import datetime as dt
import pathlib
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from quality.catalogue import load_rules
from tests.warehouse.building import Row, at, load_rows, policy, rows_of
from tests.warehouse.numbers import claim, renumbering

#: Record type -> (column of its number, column of its amount, columns that refer to others).
SHAPES: dict[str, tuple[str, str, dict[str, str]]] = {
    "policy": ("policy_no", "written_premium_amount", {}),
    "claim": ("report_no", "claimed_amount", {"policy_no": "policy"}),
    "claim_payment": ("payment_no", "paid_amount", {"report_no": "claim"}),
}
ENTITIES, STEPS, SEEDS = 5, 30, 5
FIRST = at(1)
LEFT_BEHIND = """
    select p.policy_no from core.policy_current as p
    inner join core.renumbering_current as r
        on r.insurer_id = p.insurer_id and r.record_type_code = 'policy' and r.old_no = p.policy_no
    where p.insurer_id = :i
"""


@dataclass
class Entity:
    """One record as its sender knows it: numbers in their order, the newest content, what it refers to."""

    record_type: str
    numbers: list[str]
    parent: Entity | None
    updated: dt.datetime
    amount: Decimal
    is_withdrawn: bool = False


@dataclass
class Source:
    """A sender's system: what happens in it becomes deliveries, one row each."""

    chance: random.Random
    clock: dt.datetime = FIRST
    entities: list[Entity] = field(default_factory=list)
    deliveries: list[tuple[str, Row]] = field(default_factory=list)
    count: int = 0

    def tick(self) -> dt.datetime:
        self.clock += dt.timedelta(minutes=7)
        return self.clock

    def create(self) -> None:
        parents = {name: [e for e in self.entities if e.record_type == name] for name in SHAPES}
        names = [name for name, (_, _, refer) in SHAPES.items() if all(parents[p] for p in refer.values())]
        record_type = self.chance.choice(names)
        refer = SHAPES[record_type][2]
        parent = self.chance.choice(parents[next(iter(refer.values()))]) if refer else None
        self.count += 1
        entity = Entity(record_type, [f"{record_type[-3:]}{self.count}"], parent, self.clock, Decimal(0))
        self.entities.append(entity)
        self.change(entity)

    def change(self, entity: Entity) -> None:
        """Send new content, now and then under a number that the sender should no longer use."""
        entity.updated, entity.amount = self.tick(), Decimal(self.chance.randint(1, 999))
        self._send(entity, self.chance.choice([entity.numbers[-1], entity.numbers[-1], *entity.numbers]), "U")

    def renumber(self, entity: Entity) -> None:
        self.count += 1
        old, new = entity.numbers[-1], f"{entity.record_type[-3:]}{self.count}"
        entity.numbers.append(new)
        self.deliveries.append(("renumbering", renumbering(old, new, self.tick(), entity.record_type)))

    def withdraw(self, entity: Entity) -> None:
        entity.is_withdrawn, entity.updated = True, self.tick()
        self._send(entity, entity.numbers[-1], "D")

    def _send(self, entity: Entity, number: str, operation: str) -> None:
        own, amount, refer = SHAPES[entity.record_type]
        makes = {"policy": lambda: policy(number, self.clock), "claim": lambda: claim(number, "", self.clock)}
        row = dict(makes.get(entity.record_type, dict)())
        row |= {"insurer_code": "LICHUN", own: number, amount: entity.amount, "paid_at": at(17)}
        row |= {"operation_code": operation, "source_updated_at": self.clock}
        for column in refer:
            assert entity.parent is not None
            row[column] = self.chance.choice(entity.parent.numbers)
        self.deliveries.append((entity.record_type, row))

    def live(self) -> None:
        """One step of the sender's life."""
        live = [entity for entity in self.entities if not entity.is_withdrawn]
        acts = [self.create, *([lambda: self.change(self.chance.choice(live))] * 3 if live else [])]
        acts += [lambda: self.renumber(self.chance.choice(live))] * 3 if live else []
        acts += [lambda: self.withdraw(self.chance.choice(live))] if len(live) > ENTITIES else []
        self.chance.choice(acts)()


def expected(source: Source, record_type: str) -> list[tuple[Any, ...]]:
    """Live records of a type: number of today, amount, today's number of what it refers to."""
    return sorted(
        (e.numbers[-1], e.amount, *([e.parent.numbers[-1]] if e.parent else []))
        for e in source.entities
        if e.record_type == record_type and not e.is_withdrawn
    )


def kept(engine: sa.Engine, insurer_id: str, record_type: str) -> list[tuple[Any, ...]]:
    own, amount, refer = SHAPES[record_type]
    columns = ", ".join((own, amount, *refer))
    query = f"select {columns} from core.{record_type}_current where insurer_id = :i order by 1"
    return sorted(rows_of(engine, query, i=insurer_id))


def batches(chance: random.Random, deliveries: list[tuple[str, Row]]) -> Iterator[tuple[str, list[Row]]]:
    """Rows in any order, in deliveries of up to four rows of one type."""
    order = deliveries[:]
    chance.shuffle(order)
    while order:
        record_type, size = order[0][0], chance.randint(1, 4)
        chosen = [delivery for delivery in order if delivery[0] == record_type][:size]
        order = [delivery for delivery in order if not any(delivery is each for each in chosen)]
        yield record_type, [row for _, row in chosen]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_order_of_deliveries_ends_with_the_numbers_of_today(
    shared_engine: sa.Engine, tmp_path: pathlib.Path, seed: int
) -> None:
    chance = random.Random(seed)
    source = Source(chance)
    for _ in range(STEPS):
        source.live()
    first = list(batches(chance, source.deliveries))
    again = chance.sample(first, 2)
    insurer_id = f"sender{seed}"
    rules = [r for r in load_rules().sql_rules("renumbering") if r.rule_id.startswith("REN")]
    for n, (record_type, rows) in enumerate([*first, *again]):
        judged = rules if record_type == "renumbering" else []
        report = load_rows(
            shared_engine, tmp_path, record_type, rows, at(20) + dt.timedelta(hours=n), rules=judged,
            insurer_id=insurer_id, channel="api",
        )  # fmt: skip
        assert report.quarantined == 0, (report, rows)
        assert report.duplicate == (len(rows) if n >= len(first) else 0), (report, rows)
        assert rows_of(shared_engine, LEFT_BEHIND, i=insurer_id) == []
    for record_type in SHAPES:
        assert kept(shared_engine, insurer_id, record_type) == expected(source, record_type)
