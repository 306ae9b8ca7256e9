"""What a ledger is tried with: a few facts, and what a superuser can do to them."""

from __future__ import annotations

import hashlib
import pathlib

import sqlalchemy as sa

from schemas.delivery import Delivery, Payload
from schemas.findings import Finding
from tests.warehouse.building import at, fault, land_rows, load_rows, policy, rows_of
from warehouse.landing import decisions, receipts
from warehouse.landing.folder_store import FolderStore
from warehouse.landing.ledger import BEGINNING

HELD = Finding("FIL-001", "error", None, None, "x", None, "读不了")


def story(engine: sa.Engine, folder: pathlib.Path) -> None:
    """Two loads, a refusal on arrival, a batch that a person gave up: entries 1 to 7."""
    load_rows(engine, folder, "policy", [policy("P1", at(16)), policy("P2", at(16))], at(18), findings=[fault(2)])
    load_rows(engine, folder, "policy", [policy("P2", at(17))], at(19))
    refused = Delivery("tianji", "policy", "submit", at(19), (Payload("坏.xlsx", "x/y", b"bad"),))
    receipts.refuse(engine, FolderStore(folder), refused, HELD)
    given_up = land_rows(engine, folder, "policy", [policy("P9", at(17))], at(20))
    decisions.discard(engine, given_up.batch_id, "李工", "重复的文件", at(20, 10))


def forge(engine: sa.Engine, *statements: str) -> None:
    """What a superuser can do: no trigger and no reference stops it."""
    with engine.begin() as connection:
        connection.exec_driver_sql("set local session_replication_role = replica")
        for each in statements:
            connection.exec_driver_sql(each)


def rechain(engine: sa.Engine) -> None:
    """Compute every digest and hash anew, as somebody who covers his tracks does."""
    previous = BEGINNING
    for position, text in rows_of(engine, "select position, text from landing.ledger_text order by position"):
        digest = hashlib.sha256(text.encode()).hexdigest()
        hash_ = hashlib.sha256((previous + digest).encode()).hexdigest()
        forge(
            engine,
            f"update landing.ledger set previous = '{previous}', text_sha256 = '{digest}', hash = '{hash_}'"
            f" where position = {position}",
        )
        previous = hash_


def rewrite_texts(engine: sa.Engine) -> None:
    """Make the ledger's texts say what the tables say now, one after the other without a gap."""
    forge(
        engine,
        "delete from landing.ledger_text as t where not exists (select from landing.attested as a where a.kind = t.kind and a.fact_no = t.fact_no)",
        "update landing.ledger_text set position = -position",
        "update landing.ledger_text as t set position = n.position from (select kind, fact_no, row_number() over (order by -position) as position from landing.ledger_text) as n where (n.kind, n.fact_no) = (t.kind, t.fact_no)",
        "update landing.ledger_text as t set text = 'position=' || t.position || chr(10) || 'kind=' || t.kind || chr(10) || 'salt=' || substring(t.text from 'salt=([0-9a-f]*)') || chr(10) || a.body, insurer_id = a.insurer_id, batch_id = a.batch_id from landing.attested as a where (a.kind, a.fact_no) = (t.kind, t.fact_no)",
        "delete from landing.ledger where position > (select max(position) from landing.ledger_text)",
    )
