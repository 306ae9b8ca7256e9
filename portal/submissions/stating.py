"""What persons of insurers state: confirmed warnings, attestations, nil returns; and who looked at a delivery.

Each is written for an account that was shown, as itself, what it speaks of; the statements themselves name the insurer
once more, so that nothing is ever written about another's delivery.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import pathlib
from dataclasses import dataclass

import sqlalchemy as sa

from portal.door import Door
from portal.person import Person
from portal.problems import Problem
from portal.sql_text import statement
from portal.submissions import reading
from portal.submissions.receiving import Arrived
from portal.submissions.words import record_name
from schemas.time_zone import SHANGHAI
from warehouse.database.engine import database_errors

STATEMENT = "本人确认,本次报送的数据真实、准确、完整,与本机构业务系统一致。"
SHORTEST, LONGEST_REASON, LONGEST_NAME = 2, 500, 60


@dataclass(frozen=True)
class Attestation:
    """Who answers for a delivery, in which words."""

    person_name: str
    person_position: str
    statement: str
    stated_by: str
    stated_at: dt.datetime


@dataclass(frozen=True)
class Sight:
    """When an account saw a delivery or saved its report; the account of the other side has no name here."""

    role_name: str | None
    kind: str
    what: str
    first_at: dt.datetime
    last_at: dt.datetime


def confirm(door: Door, person: Person, batch_id: int, rule_id: str, reason: str, finding_id: int | None = None) -> int:
    """Confirm or justify warnings of one rule in a delivery; how many were new. Raises Problem REQUEST-INVALID, NOT-FOUND."""
    with door.reading_as(person) as connection:
        reading.batch(connection, batch_id)
    values = {
        "batch_id": batch_id, "insurer_id": person.insurer_id, "rule_id": rule_id, "finding_id": finding_id,
        "reason": _text(reason, LONGEST_REASON, "说明 reason"), "stated_by": person.login,
    }  # fmt: skip
    with database_errors("confirming warnings"), door.hub.engine.begin() as connection:
        return len(connection.execute(statement("submissions/confirm"), values).all())


def attest(door: Door, person: Person, batch_id: int, name: str, position: str) -> None:
    """State that a named person answers for a delivery. Raises Problem REQUEST-INVALID, NOT-FOUND."""
    values = {
        "batch_id": batch_id, "insurer_id": person.insurer_id, "statement": STATEMENT, "stated_by": person.login,
        "person_name": _text(name, LONGEST_NAME, "姓名 person_name"),
        "person_position": _text(position, LONGEST_NAME, "职务 person_position"),
    }  # fmt: skip
    with database_errors("attesting a delivery"), door.hub.engine.begin() as connection:
        if connection.execute(statement("submissions/attest"), values).one_or_none() is None:
            raise Problem("NOT-FOUND")


def attestations(connection: sa.Connection, batch_id: int) -> list[Attestation]:
    """Who answers for a delivery, the newest first."""
    rows = connection.execute(statement("submissions/attestations"), {"batch_id": batch_id})
    return [Attestation(**row._asdict()) for row in rows]


def see(door: Door, person: Person, batch_id: int, what: str = "seen") -> None:
    """Remember that an account saw a delivery (``seen``) or saved its report (``downloaded``)."""
    values = {"batch_id": batch_id, "role_name": person.login, "kind": person.kind, "what": what}
    with database_errors("remembering a look"), door.hub.engine.begin() as connection:
        connection.execute(statement("submissions/see"), values)


def sights(connection: sa.Connection, batch_id: int) -> list[Sight]:
    """Who looked at a delivery."""
    rows = connection.execute(statement("submissions/sights"), {"batch_id": batch_id})
    return [Sight(**row._asdict()) for row in rows]


def nil_return(record_type: str, login: str, now: dt.datetime, folder: pathlib.Path) -> Arrived:
    """A nil return (零报告) as a file: that an insurer has nothing to report of a record type as of today."""
    day = f"{now.astimezone(SHANGHAI):%Y-%m-%d}"
    said = {"nil_return": day, "record_type": record_type, "stated_by": login, "records": []}
    content = (json.dumps(said, ensure_ascii=False) + "\n").encode()
    path = folder / "nil"
    path.write_bytes(content)
    name = f"零报告_{record_name(record_type, 'zh')}_{day}.json"
    return Arrived(name, path, len(content), hashlib.sha256(content).hexdigest())


def _text(given: str, longest: int, what: str) -> str:
    text = given.strip()
    if "\0" in text:
        raise Problem("REQUEST-INVALID", f"{what}: NUL")
    if not SHORTEST <= len(text) <= longest:
        raise Problem("REQUEST-INVALID", f"{what}: {SHORTEST} 至 {longest} 个字 characters")
    return text
