"""What an insurer's system knows arrives as what it knows: truth -> dialect -> HTTP -> bytes -> parse -> mapping."""

from __future__ import annotations

import datetime as dt
import functools
import pathlib
from decimal import Decimal
from typing import Any

import pytest

from connectors import mapping
from connectors.chunks import read_chunks
from connectors.definition import load_definition
from connectors.drop import find_drops
from connectors.fetch import fetch
from connectors.parse import read_batch
from sandbox import drops, truth
from sandbox.cast import cast
from sandbox.server import credentials, serve
from schemas.code_lists import load_code_list
from schemas.contract import INSURER_RECORD_TYPES, Field, load_contract
from schemas.delivery import Credentials, Window

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
UNTIL = dt.datetime(2026, 11, 18, 1, 30, tzinfo=SHANGHAI)
SPEAKERS = {i.dialect: i.insurer_id for i in reversed(cast()) if not i.is_drop and i.fault is None}


@functools.cache
def province() -> truth.Province:
    return truth.build(5, 0.006)


def same(field: Field, text: str | None, value: Any) -> bool:
    if text is None or value is None:
        return text is None and value is None
    if isinstance(value, bool):
        return {"true": True, "是": True, "false": False, "否": False}[text.lower()] is value
    if isinstance(value, Decimal | int):
        return Decimal(text) == value
    if isinstance(value, dt.datetime):
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=SHANGHAI)) == value
    if isinstance(value, dt.date):
        return dt.date.fromisoformat(text) == value
    if field.code_list and text != value:
        return value in {e.code for e in load_code_list(field.code_list).entries if e.zh == text}
    return text == value


@pytest.mark.parametrize("dialect", SPEAKERS)
def test_every_value_survives_its_dialect(dialect: str, tmp_path: pathlib.Path) -> None:
    insurer_id, seen = SPEAKERS[dialect], 0
    own = credentials(insurer_id, 5)
    with serve(province()) as server:
        definition = load_definition(insurer_id, environ={"ANZE_SANDBOX_URL": server.url})
        for record_type in INSURER_RECORD_TYPES:
            contract = load_contract(record_type)
            fetched = fetch(definition, record_type, Window(None, UNTIL), Credentials(**own))
            paths = [tmp_path / f"{record_type}-{n}" for n in range(len(fetched.payloads))]
            for path, payload in zip(paths, fetched.payloads, strict=True):
                path.write_bytes(payload.content)
            wanted, rows = province().feed(insurer_id, record_type, None, UNTIL), []
            for chunk in read_chunks(definition, contract, "api", paths):
                mapped = mapping.apply(chunk.rows, chunk.layout, contract)
                assert mapped.observed == (), mapped.observed[:3]
                rows += mapped.table.to_pylist()
            assert len(rows) == len(wanted)
            if definition.records[record_type].within:  # in the order of the records around them
                rows, wanted = (sorted(each, key=lambda row: row[contract.key[0]]) for each in (rows, wanted))
            for row, record in zip(rows, wanted, strict=True):
                wrong = [f.name for f in contract.fields if not same(f, row[f.name], record[f.name])]
                assert not wrong, (wrong, [(row[n], record[n]) for n in wrong])
            seen += len(rows)
    assert seen > 20


DROPPERS = {i.dialect: i.insurer_id for i in reversed(cast()) if i.is_drop and i.fault is None}


@pytest.mark.parametrize("dialect", DROPPERS)
def test_every_value_survives_its_file(dialect: str, tmp_path: pathlib.Path) -> None:
    insurer_id, seen = DROPPERS[dialect], 0
    definition = load_definition(insurer_id)
    drops.write(province(), tmp_path, None, UNTIL)
    found = find_drops(definition, tmp_path / insurer_id)
    assert len(found) == len(list((tmp_path / insurer_id).glob("*.control.json")))
    for drop in found:
        contract, record = load_contract(drop.record_type), definition.records[drop.record_type]
        wanted, rows = province().feed(insurer_id, drop.record_type, None, UNTIL), []
        for chunk in read_batch([drop.path], definition.source_format, expected=mapping.source_names(record)):
            mapped = mapping.apply(chunk, record, contract)
            assert mapped.observed == (), mapped.observed[:3]
            rows += mapped.table.to_pylist()
        assert drop.control is not None
        assert drop.control.row_count == len(rows) == len(wanted)
        for row, truth_row in zip(rows, wanted, strict=True):
            wrong = [f.name for f in contract.fields if not same(f, row[f.name], truth_row[f.name])]
            assert not wrong, (wrong, [(row[n], truth_row[n]) for n in wrong])
        seen += len(rows)
    assert seen > 20
