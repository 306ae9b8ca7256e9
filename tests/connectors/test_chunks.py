"""A landed batch, read: files in their order, each with the layout that its own header shows."""

from __future__ import annotations

import pathlib

import pytest

from connectors.chunks import read_chunks
from connectors.definition import load_definition
from schemas.contract import load_contract
from schemas.errors import UnreadableFile

LICHUN, POLICY = load_definition("lichun", environ={}), load_contract("policy")


def written(path: pathlib.Path, names: list[str], rows: int) -> pathlib.Path:
    lines = [",".join(names), *([",".join(["x"] * len(names))] * rows)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_rows_are_numbered_over_all_files_and_each_file_has_its_own_layout(tmp_path: pathlib.Path) -> None:
    canonical = written(tmp_path / "a.csv", [field.name for field in POLICY.fields], 2)
    chinese = written(tmp_path / "b.csv", [field.business_name for field in POLICY.fields], 1)
    first, second = read_chunks(LICHUN, POLICY, "submit", [canonical, chinese])
    numbers = first.rows["row_no"].to_pylist(), second.rows["row_no"].to_pylist()
    assert len({*numbers[0], *numbers[1]}) == 3
    assert (first.rows["place"].to_pylist(), second.rows["place"].to_pylist()) == (
        ["file 1 line 2", "file 1 line 3"],
        ["file 2 line 2"],
    )
    sources = [chunk.layout.columns["policy_no"].source for chunk in (first, second)]
    assert sources == ["policy_no", POLICY.by_name["policy_no"].business_name]


def test_a_type_that_the_sender_does_not_deliver_is_refused_before_a_byte_is_read(tmp_path: pathlib.Path) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        next(read_chunks(LICHUN, load_contract("enterprise"), "submit", [tmp_path / "not there.csv"]))
    assert refusal.value.code == "FILE-060"
