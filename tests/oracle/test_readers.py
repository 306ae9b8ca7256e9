"""Landed bytes to values: what is written in a file is what the replay reads, and nothing is guessed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from oracle import layout
from oracle.layout import UnreadableRow
from oracle.readers import rows
from oracle.values import Unreadable, boolean, date, list_text, number, timestamp
from schemas.contract import load_contract

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(st.lists(st.lists(_TEXT, min_size=2, max_size=2), max_size=6), st.sampled_from(["utf-8", "gb18030"]))
def test_csv_cells_come_back_as_they_were_written(cells: list[list[str]], encoding: str) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows([["a", "b"], *cells])
    form = {"kind": "csv", "encoding": encoding, "delimiter": ",", "header_row": 1}
    found = list(rows([stream.getvalue().encode(encoding)], form))
    expected = [(i, {"a": a or None, "b": b or None}) for i, (a, b) in enumerate(cells, 2) if a or b]
    if "\ufeff" not in stream.getvalue() and not any(map(_is_private, stream.getvalue())):
        assert found == expected


def _is_private(character: str) -> bool:
    return "\ue000" <= character <= "\uf8ff"


def test_a_quoted_line_end_does_not_move_the_row_numbers() -> None:
    content = b'\xef\xbb\xbfa\tb\r\n"one\r\ntwo"\tx\r\n\r\nlast\ty\r\n'
    form = {"kind": "csv", "encoding": "utf-8", "delimiter": "\t", "header_row": 1}
    assert [(n, c["a"]) for n, c in rows([content], form)] == [(2, "one\r\ntwo"), (4, "last")]


def test_json_numbers_keep_their_text_and_rows_count_over_pages() -> None:
    pages = [json.dumps({"d": {"rows": [{"n": {"x": 1}, "l": ["a", "b"]}]}}), '{"d": {"rows": [{"n": {"x": 1.10}}]}}']
    form = {"kind": "json", "items_path": "d.rows"}
    found = list(rows([page.encode() for page in pages], form))
    assert found == [(1, {"n.x": "1", "l": "a;b"}), (2, {"n.x": "1.10"})]


def test_a_sheet_gives_what_a_person_sees() -> None:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Ledger")
    for row, cells in enumerate([["title"], [], ["no", "amount", "day"], ["007", 0.1 + 0.2, None]]):
        sheet.write_row(row, 0, cells)
    sheet.write_datetime(3, 2, dt.date(2026, 2, 3), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.add_worksheet("Hidden").hide()
    book.close()
    found = list(rows([stream.getvalue()], {"kind": "xlsx", "header_row": 1}, {"no", "amount", "day"}))
    assert [row_no for row_no, _ in found] == [4]
    cells = found[0][1]
    assert (cells["no"], cells["amount"]) == ("007", "0.3")
    assert date(str(cells["day"])) == dt.date(2026, 2, 3)


@pytest.mark.parametrize(
    ("text", "unit", "scale", "value"),
    [
        ("12.5", "万元", 2, "125000.00"),
        ("12345", "分", 2, "123.45"),
        ("21%", None, 6, "0.210000"),
        ("21", "百分比", 6, "0.210000"),
        ("-1,234.50", None, 2, "-1234.50"),
        ("１２", None, 2, "12.00"),
    ],
)
def test_units_are_applied_exactly(text: str, unit: str | None, scale: int, value: str) -> None:
    assert str(number(text, unit, scale)) == value


@pytest.mark.parametrize("text", ["1.005", "nan", "1e", "--1", "", "abc", "0x10", "1_000"])
def test_what_is_no_exact_amount_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        number(text, None, 2)


@pytest.mark.parametrize(
    ("text", "form", "instant"),
    [
        ("2026-11-20", None, "2026-11-20T00:00:00+08:00"),
        ("2026-11-20 08:30:00", None, "2026-11-20T08:30:00+08:00"),
        ("2026-11-20T00:30:00Z", None, "2026-11-20T08:30:00+08:00"),
        ("20261120083000", "%Y%m%d%H%M%S", "2026-11-20T08:30:00+08:00"),
        ("1795134600", "epoch_seconds", "2026-11-20T08:30:00+08:00"),
        ("1795134600000", "epoch_millis", "2026-11-20T08:30:00+08:00"),
    ],
)
def test_times_without_a_zone_are_shanghai_times(text: str, form: str | None, instant: str) -> None:
    assert timestamp(text, form) == dt.datetime.fromisoformat(instant)


def test_yes_and_no_in_every_accepted_form() -> None:
    assert [boolean(text) for text in ("是", "1", "TRUE", "否", "0", "false")] == [True] * 3 + [False] * 3
    with pytest.raises(Unreadable):
        boolean("maybe")
    assert list_text(" 甲 ；; 乙;") == "甲;乙"


def _receipt(**cells: str) -> Any:
    contract = load_contract("premium_receipt")
    columns = {f.name: {"source": f.name} for f in contract.fields}
    columns["received_amount"] = {"source": "received_amount", "unit": "万元"}
    columns["receipt_type_code"] = {"source": "receipt_type_code", "lookup": {"IN": "10"}}
    columns["operation_code"] = {"constant": "I"}
    body = io.StringIO()
    writer = csv.DictWriter(body, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    form = {"kind": "csv", "encoding": "utf-8", "delimiter": ",", "header_row": 1}
    ((_, row),) = layout.records([body.getvalue().encode()], [{"format": form, "columns": columns}], contract)
    return row if isinstance(row, UnreadableRow) else dict(zip(contract.by_name, row, strict=True))


def test_a_definition_is_interpreted_lookup_unit_and_constant() -> None:
    row = _receipt(receipt_no=" R1 ", received_amount="1.5", receipt_type_code="IN", receipt_date="2026-01-02")
    assert row["receipt_no"] == "R1"
    assert row["received_amount"] == Decimal("15000.00")
    assert row["receipt_type_code"] == "10"
    assert row["operation_code"] == "I"
    assert row["payer_name"] is None


def test_a_chinese_label_is_its_code_and_an_unknown_code_is_a_fault() -> None:
    contract = load_contract("hazard")
    columns = {f.name: {"source": f.name} for f in contract.fields}
    form = {"kind": "json", "items_path": ""}
    content = json.dumps([{"hazard_level_code": "重大事故隐患"}, {"hazard_level_code": "99"}]).encode()
    (_, known), (_, unknown) = layout.records([content], [{"format": form, "columns": columns}], contract)
    assert not isinstance(known, UnreadableRow)
    assert known[list(contract.by_name).index("hazard_level_code")] == "20"
    assert isinstance(unknown, UnreadableRow)
    assert unknown.field == "hazard_level_code"


def test_a_fault_names_its_field_and_never_its_value() -> None:
    row = _receipt(receipt_no="R1", received_amount="secret", receipt_date="2026-01-02")
    assert isinstance(row, UnreadableRow)
    assert row.field == "received_amount"
    assert "secret" not in row.problem


def test_a_file_that_was_handed_in_shows_its_own_layout() -> None:
    contract = load_contract("premium_receipt")
    head = "收付流水号;保单号\nR1;P1\n".encode("gb18030")
    layouts = layout.plain({}, "lichun", contract, "submit", head)
    ((_, row),) = layout.records([head], layouts, contract)
    assert not isinstance(row, UnreadableRow)
    assert dict(zip(contract.by_name, row, strict=True))["receipt_no"] == "R1"


def test_a_collected_batch_without_a_definition_cannot_be_checked() -> None:
    with pytest.raises(layout.NoLayout):
        layout.plain({}, "lichun", load_contract("policy"), "api", b"")
