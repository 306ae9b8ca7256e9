"""A history of many nights: increments, corrections, withdrawals, older versions, late files and idle interfaces."""

from __future__ import annotations

import datetime as dt
import pathlib
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.soak import world
from connectors.definition import REGULATOR
from pipeline import steps
from sandbox import drops, registers
from sandbox.server import serve
from sandbox.truth.province import Province
from schemas.contract import INSURER_RECORD_TYPES, load_contract
from schemas.time_zone import SHANGHAI

FOLDERS = ("tianji", "youlan")
INTERFACES = ("lichun",)
INSURERS = (*FOLDERS, *INTERFACES)
FIRST, STEP = dt.datetime(2026, 5, 4, 1, 30, tzinfo=SHANGHAI), dt.timedelta(days=14)
#: Shares of nights on which a folder keeps its files back, and an interface is not asked.
LATE, IDLE = 0.3, 0.25
AMENDED = 4
Record = dict[str, Any]
Feed = tuple[str, str]


@dataclass
class Play:
    """A history in the making. ``told``: every version that a folder's insurer has told; ``late``: files kept back."""

    url: str
    folder: pathlib.Path
    province: Province
    chance: random.Random
    environ: Mapping[str, str]
    told: dict[Feed, list[Record]] = field(default_factory=lambda: defaultdict(list))
    late: list[tuple[Feed, list[Record], dt.date]] = field(default_factory=list)
    night_no: int = 0

    def live(self, since: dt.datetime | None, night: dt.datetime, insurers: Sequence[str]) -> None:
        """One night: files are dropped, some late and newest first, interfaces are asked, figures published now and then."""
        self.night_no += 1
        for insurer_id in filter(FOLDERS.__contains__, insurers):
            self._drop(insurer_id, since, night)
        hub = world.hub_at(night, self.url, self.folder, self.environ, insurers)
        try:
            steps.intake(hub)
            for insurer_id in filter(INTERFACES.__contains__, insurers):
                if self.chance.random() >= IDLE:
                    steps.sync_insurer(hub, insurer_id)
            if self.night_no % 6 == 0:
                steps.publish(hub)
        finally:
            hub.engine.dispose()

    def _drop(self, insurer_id: str, since: dt.datetime | None, night: dt.datetime) -> None:
        overdue, self.late = (
            [entry for entry in self.late if entry[0][0] == insurer_id],
            [entry for entry in self.late if entry[0][0] != insurer_id],
        )
        files = [
            ((insurer_id, record_type), rows, night.date())
            for record_type in INSURER_RECORD_TYPES
            if (rows := self._rows((insurer_id, record_type), since, night))
        ]
        if since is not None and self.chance.random() < LATE:
            self.late += [*overdue, *files]
            return
        for (_, record_type), rows, stamp in [*files, *reversed(overdue)]:
            folder = self.folder / "drop" / insurer_id
            folder.mkdir(parents=True, exist_ok=True)
            drops.write_file(world.DIALECTS[insurer_id], folder, record_type, rows, stamp)

    def _rows(self, feed: Feed, since: dt.datetime | None, night: dt.datetime) -> list[Record]:
        rows = self.province.feed(*feed, since, night)
        keys = {_key(feed[1], row) for row in rows}
        amended = [row for row in self._amended(feed, night) if _key(feed[1], row) not in keys]
        self.told[feed] += [*rows, *amended]
        return [*rows, *amended]

    def _amended(self, feed: Feed, night: dt.datetime) -> Iterator[Record]:
        """A few told records, each corrected, withdrawn, told as it was before, or told again."""
        known = self.told[feed]
        chosen = self.chance.sample(known, min(AMENDED, len(known)))
        for record in {_key(feed[1], row): row for row in chosen}.values():
            yield self._changed(feed[1], record, night)

    def _changed(self, record_type: str, record: Record, night: dt.datetime) -> Record:
        kind = self.chance.choice(("date", "date", "reason", "withdrawn", "older", "again"))
        minutes = dt.timedelta(minutes=self.chance.randrange(1, 600))
        later = {**record, "operation_code": "U", "source_updated_at": night - minutes}
        if kind == "again":
            return record
        if kind == "older":
            return {**later, "source_updated_at": record["source_updated_at"] - minutes, "correction_reason_text": "旧"}
        if kind == "withdrawn":
            return {**later, "operation_code": "D"}
        later["correction_reason_text"] = f"更正 {self.night_no}"
        names = [name for name in load_contract(record_type).valid_time.fields if record[name] is not None]
        if kind == "date" and names:
            name = self.chance.choice(names)
            later[name] = record[name] + dt.timedelta(days=self.chance.choice((-40, -3, -1, 1, 3, 40)))
        return later


def play(url: str, folder: pathlib.Path, seed: int, nights: int, insurers: Sequence[str]) -> None:
    """Live through so many nights on a migrated database; the first one brings registers and all that was before."""
    province = world.province()
    registers.write_registers(province, folder / "drop" / REGULATOR)
    hub = world.hub_at(FIRST - STEP, url, folder, world.environ())
    steps.sync_insurer(hub, REGULATOR)
    hub.engine.dispose()
    with serve(province) as server:
        story = Play(url, folder, province, random.Random(seed), world.environ(server.url))
        since: dt.datetime | None = None
        for number in range(nights):
            night = FIRST + number * STEP
            story.live(since, night, insurers)
            since = night


def hub_after(nights: int, url: str, folder: pathlib.Path) -> world.SoakHub:
    """A hub of the history's insurers, after its last night."""
    return world.hub_at(FIRST + nights * STEP, url, folder, world.environ(), INSURERS)


def _key(record_type: str, record: Record) -> tuple[Any, ...]:
    return tuple(record[name] for name in load_contract(record_type).key)
