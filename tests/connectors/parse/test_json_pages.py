"""JSON pages: numbers stay as written, structure is flattened, and nothing that is not strict JSON passes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from connectors.model import SourceFormat
from connectors.parse import Limits, read_batch
from schemas.errors import SchemaDrift, TellInsurer
from tests.connectors.parse.writing import read_rows

ROWS = SourceFormat("json", items_path="data.rows")


def page(tmp_path: Path, body: str | bytes, name: str = "page") -> Path:
    path = tmp_path / name
    path.write_bytes(body if isinstance(body, bytes) else body.encode())
    return path


def rows_of(tmp_path: Path, item: str) -> dict[str, str | None]:
    [row] = read_rows(page(tmp_path, f'{{"data": {{"rows": [{item}]}}}}'), ROWS)
    return {name: value for name, value in row.items() if name not in {"row_no", "place"}}


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ('{"a": "007", "b": 0.10}', {"a": "007", "b": "0.10"}),
        ('{"a": 123456789012345678901234567890}', {"a": "123456789012345678901234567890"}),
        ('{"a": 1e2, "b": -0}', {"a": "1e2", "b": "-0"}),
        ('{"a": true, "b": false, "c": null, "d": ""}', {"a": "true", "b": "false", "c": None, "d": None}),
        ('{"a": {"b": {"c": 1}}, "d": 2}', {"a.b.c": "1", "d": "2"}),
        ('{"a": ["x", 2, true]}', {"a": "x;2;true"}),
        ('{"a": []}', {"a": None}),
        ('{"a": ["x;y"]}', {"a": '["x;y"]'}),
        ('{"a": [{"b": 1}]}', {"a": '[{"b": "1"}]'}),
        ('{"a": "NaN", "b": "NA"}', {"a": "NaN", "b": "NA"}),
    ],
)
def test_items_become_flat_text(tmp_path: Path, item: str, row: dict[str, str | None]) -> None:
    assert rows_of(tmp_path, item) == row


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"data": {"rows": [{"a": NaN}]}}', "FILE-042"),
        ('{"data": {"rows": [{"a": -Infinity}]}}', "FILE-042"),
        ('{"data": {"rows": [{"a": 1, "a": 2}]}}', "FILE-041"),
        ('{"data": {"rows": [{"a.b": 1, "a": {"b": 2}}]}}', "FILE-041"),
        ('{"data": {"rows": [{"a": 1}', "FILE-040"),
        ("{'data': 1}", "FILE-040"),
        (" ", "FILE-040"),
        ('{"data": {"rows": []}} tail', "FILE-040"),
        ("[" * 100_000 + "]" * 100_000, "FILE-043"),
        ('{"data": {"rows": [' + '{"a":' * 60 + "1" + "}" * 60 + "]}}", "FILE-043"),
        ('{"data": {"rows": [{"a": "\\ud800"}]}}', "FILE-006"),
        ('{"data": {"rows": [{"a": "济南"}]}}'.encode("gb18030"), "FILE-002"),
        ('{"data": {"rows": []}}'.encode("utf-16"), "FILE-005"),
    ],
)
def test_what_is_not_strict_json_is_refused(tmp_path: Path, body: str | bytes, code: str) -> None:
    with pytest.raises(TellInsurer) as refusal:
        read_rows(page(tmp_path, body), ROWS)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "body", ["{}", '{"data": []}', '{"data": {"rows": {}}}', '{"data": {"rows": [1]}}', '{"data": {"rows": ["a"]}}']
)
def test_items_that_are_not_where_they_were_are_drift(tmp_path: Path, body: str) -> None:
    with pytest.raises(SchemaDrift):
        read_rows(page(tmp_path, body), ROWS)


def test_pages_of_a_batch_are_numbered_through_and_gathered_into_chunks(tmp_path: Path) -> None:
    bodies = [[{"a": 1}, {"a": 2, "b": "x"}], [], [{"a": 3}]]
    pages = [page(tmp_path, json.dumps(body), f"{i}") for i, body in enumerate(bodies)]
    [chunk] = read_batch(pages, SourceFormat("json"))
    assert chunk.to_pydict() == {
        "a": ["1", "2", "3"],
        "b": [None, "x", None],
        "row_no": [1, 2, 3],
        "place": ["page 1 item 1", "page 1 item 2", "page 3 item 1"],
    }
    assert [c.num_rows for c in read_batch(pages, SourceFormat("json"), Limits(chunk_rows=2))] == [2, 1]


def test_a_page_in_the_agreed_charset_is_read_in_it(tmp_path: Path) -> None:
    path = page(tmp_path, '[{"a": "济南市"}]'.encode("gb18030"))
    assert read_rows(path, SourceFormat("json", encoding="gb18030"))[0]["a"] == "济南市"
