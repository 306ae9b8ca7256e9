"""A receipt to take away: what the ledger says of a batch, and the chain from its receipt to the head.

``docs/verify_receipt.py`` checks one without the hub. Entries of others are in it as digests of their texts only.
"""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa

from schemas.errors import NotFound
from warehouse.database.engine import database_errors
from warehouse.database.statements import statement

FORMAT = "anze-receipt/1"
RECEIPT_NO = re.compile(r"\d{8}-(\d{1,18})-[0-9A-F]{8}")


def bundle(engine: sa.Engine, asked: str) -> dict[str, Any]:
    """What ``asked`` names (a batch, or the number of its receipt), as JSON is written: numbers, texts, lists.

    ``previous`` is the hash before the receipt's entry at ``position``; ``text_sha256`` one digest an entry from there to
    the head; ``texts`` the entries of this batch, by position. Raises NotFound.
    """
    batch_id, receipt_no = _named(asked)
    with database_errors("reading the ledger"), engine.connect() as connection:
        values = {"batch_id": batch_id, "receipt_no": receipt_no}
        first = connection.execute(statement("landing/ledger/receipt"), values).one_or_none()
        if first is None:
            raise NotFound(f"there is no receipt of {asked!a} in the ledger")
        values = {"batch_id": batch_id, "position": first.position}
        rows = connection.execute(statement("landing/ledger/following"), values).all()
    return {
        "format": FORMAT,
        "receipt_no": first.receipt_no,
        "batch_id": first.batch_id,
        "position": first.position,
        "previous": first.previous,
        "texts": {str(row.position): row.text for row in rows if row.text is not None},
        "text_sha256": [row.text_sha256 for row in rows],
        "head": {"position": rows[-1].position, "hash": rows[-1].hash},
    }


def _named(asked: str) -> tuple[int, str | None]:
    if match := RECEIPT_NO.fullmatch(asked):
        return int(match[1]), asked
    if asked.isascii() and asked.isdigit() and len(asked) < 19:
        return int(asked), None
    raise NotFound(f"{asked!a} is neither a batch nor the number of a receipt, like 20261121-7-0A1B2C3D")
