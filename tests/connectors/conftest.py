"""A province of a few records, served over real HTTP in every dialect."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import pathlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from connectors.definition import load_definitions
from connectors.model import InsurerDefinition
from sandbox.misbehaviour import Misbehaviour
from sandbox.server import Serving, credentials, serve
from schemas.contract import Field, load_contract
from schemas.delivery import Credentials, Window
from tests.connectors.speaking import BASE, Script, Speak, System, defined

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
SEED = 7
HISTORY = Window(None, dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI))
NIGHT = Window(HISTORY.until, dt.datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI))


def _value(field: Field, number: int) -> Any:
    samples: dict[str, Any] = {
        "date": dt.date(2026, 1, 2),
        "timestamp": dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=SHANGHAI),
        "amount": Decimal("12345.67"),
        "ratio": Decimal("0.210000"),
        "decimal": Decimal("1.5"),
        "count": number,
        "boolean": number % 2 == 0,
        "code": "20",
        "text": f"文本{number}",
    }
    return samples.get(field.kind, f"{field.name}-{number}")


@functools.cache
def shipped() -> dict[str, InsurerDefinition]:
    """The definitions as they are shipped."""
    return load_definitions(environ={})


class Tiny:
    """``count`` records of every type, each available one minute after the one before."""

    seed = SEED

    def __init__(self, count: int) -> None:
        self.count = count

    def feed(self, insurer_id: str, record_type: str, since: Any, until: Any) -> list[Any]:
        found = []
        for number in range(self.count):
            at = dt.datetime(2026, 11, 18, tzinfo=SHANGHAI) - dt.timedelta(minutes=self.count - number)
            if (since is None or since < at) and at <= until:
                record = {f.name: _value(f, number) for f in load_contract(record_type).fields}
                found.append(
                    record | {"insurer_code": insurer_id.upper(), "source_updated_at": at, "operation_code": "I"}
                )
        return found


@dataclasses.dataclass(frozen=True)
class Stage:
    """A running server and how to reach one of its insurers."""

    server: Serving

    def definition(self, insurer_id: str, size: int = 10, **limits: Any) -> InsurerDefinition:
        """The shipped definition, at this server, with small pages and quick patience."""
        found = shipped()[insurer_id]
        quick = {"requests_per_second": 10_000.0, "read_seconds": 10.0, **limits}
        return dataclasses.replace(
            found,
            base_url=f"{self.server.url}/{insurer_id}",
            paging=dataclasses.replace(found.paging, size=size),
            limits=dataclasses.replace(found.limits, **quick),
        )

    def credentials(self, insurer_id: str) -> Credentials:
        return Credentials(**credentials(insurer_id, SEED))


StageMaker = Callable[..., Stage]


@pytest.fixture
def stage() -> Iterator[StageMaker]:
    """Start a server: ``stage(count=25, misbehaviour={insurer_id: Misbehaviour(...)}, token_calls=3)``."""
    running: list[Serving] = []

    def start(count: int = 25, misbehaviour: dict[str, Misbehaviour] | None = None, token_calls: int = 3) -> Stage:
        running.append(serve(Tiny(count), misbehaviour=misbehaviour, token_calls=token_calls))
        return Stage(running[-1])

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def naps() -> list[float]:
    """The seconds that a fetch wanted to sleep: pass ``naps.append`` as ``sleep``."""
    return []


@pytest.fixture
def speak(tmp_path: pathlib.Path) -> Iterator[Speak]:
    """A definition out of YAML and the scripted system that it asks: ``speak(script, yaml)``."""
    running: list[System] = []

    def start(script: Script, vendor: str = BASE) -> tuple[Any, System]:
        running.append(System(script))
        return defined(tmp_path, vendor, running[-1].url), running[-1]

    yield start
    for system in running:
        system.stop()
