"""What the console's pages cost with a whole province's year: asked for by HTTP, as readers of every breadth.

    python -m bench.console 1

Scale 1 is 56,000 insured enterprises and 79,000 services. Each page is asked for five times in turn; told are the median
milliseconds that a reader waits and, in brackets, those of processors, PostgreSQL's included: what else the machine does
makes the first longer and hardly the second.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import re
import statistics
import sys
import time
from collections.abc import Iterator

import sqlalchemy as sa

from bench.processor import processor_seconds
from bench.province import AS_OF, fill, own_warehouse
from pipeline.services.postgres import Cluster
from portal.console.lists import LISTS
from tests.portal.front import Session, front

ROUNDS = 5
CITY = "370200"
COUNTY = "370202"
READERS: dict[str, dict[str, object]] = {
    "province": {"kind": "province"},
    "city": {"kind": "city", "region_codes": (CITY,)},
    "county": {"kind": "county", "region_codes": (COUNTY,)},
}
#: A policy that each of the readers sees, with something that hangs on it.
EXAMPLE = """
select p.version_id, p.policy_no, p.insured_name, p.insured_credit_code
from report.policy as p
where p.region_code = :county and exists (
    select from report.service_record as s where s.insurer_id = p.insurer_id and s.policy_no = p.policy_no
)
order by p.policy_no limit 1
"""
SUMMARIES = ("I1", "I2", "I3", "I4", "I5")


def measure(scale: float) -> None:
    """Tell, for each page and reader, the median time in milliseconds."""
    with own_warehouse() as (server, folder):
        engine = sa.create_engine(server.url("postgres"))
        begun = time.monotonic()
        fill(engine, folder / "landing", scale)
        print(f"filled in {time.monotonic() - begun:.0f} s", flush=True)
        compare(server, folder)


def compare(server: Cluster, folder: pathlib.Path) -> None:
    """Measure and print every page of a filled province."""
    engine = sa.create_engine(server.url("postgres"))
    pace = {"ANZE_PORTAL_ACCOUNT_PACE": "100000", "ANZE_PORTAL_ADDRESS_PACE": "100000"}
    with front(engine.url.render_as_string(hide_password=False), folder, **pace) as opened:
        sessions = [opened.session(opened.account(f"bench_{name}", **right)) for name, right in READERS.items()]  # type: ignore[arg-type]
        print(f"{'':32}" + "".join(f"{name:>16}" for name in READERS))
        for label, path in _pages(engine, sessions[0]):
            print(f"{label:32}" + "".join(f"{_timed(session, server, path):>16}" for session in sessions), flush=True)


def _pages(engine: sa.Engine, session: Session) -> Iterator[tuple[str, str]]:
    """Pages by a name, and their addresses; places are the reader's own where none is said."""
    with engine.connect() as connection:
        found = connection.execute(sa.text(EXAMPLE), {"county": COUNTY}).one()
    yield "overview", "/console"
    for code in SUMMARIES:
        yield f"{code}", f"/console/indicators/{code}"
        yield f"{code} movement", f"/console/indicators/{code}/movement"
        yield f"{code} records", f"/console/indicators/{code}/records"
        yield f"{code} left out", f"/console/indicators/{code}/records?show=left_out"
    yield "record", f"/console/records/policy/{found.version_id}"
    for label, text in (
        ("name", found.insured_name),
        ("policy", found.policy_no[:8]),
        ("code", found.insured_credit_code),
    ):
        yield f"search {label}", f"/console/search?q={text}"
    searched = session.get(f"/console/search?q={found.insured_credit_code}").text
    yield "enterprise", re.findall(r"/console/enterprises/[0-9a-f-]{36}", searched)[0]
    yield "insurers", "/console/insurers"
    yield "insurer", "/console/insurers/lichun"
    for name in LISTS:
        yield f"list {name}", f"/console/lists/{name}"
    yield "list lengths", "/console/lists/counts"
    yield "months", "/console/months"
    month = AS_OF.replace(day=1) - dt.timedelta(days=1)
    yield "month", f"/console/months/{month:%Y-%m}"
    yield "bulletin", f"/console/bulletin/{month:%Y-%m}"


def _timed(session: Session, server: Cluster, path: str) -> str:
    rounds = []
    for _ in range(ROUNDS):
        begun, worked = time.perf_counter(), processor_seconds(server)
        answer = session.get(path, timeout=600)
        rounds.append((time.perf_counter() - begun, processor_seconds(server) - worked))
        if answer.status_code != 200:
            return f"({answer.status_code})"
    waited, worked = (1000 * statistics.median(column) for column in zip(*rounds, strict=True))
    return f"{waited:.0f} ({worked:.0f})"


if __name__ == "__main__":
    measure(float(sys.argv[1]) if len(sys.argv) > 1 else 0.1)
