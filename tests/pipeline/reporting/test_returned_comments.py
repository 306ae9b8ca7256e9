"""Comments of a returned workbook: the sender's stay, those of a former return go, ours stop at a limit."""

from __future__ import annotations

import pathlib
import re

import pytest
from openpyxl import load_workbook

from pipeline.reporting import marking, returned_workbook
from tests.connectors.parse.writing import read_rows, rezip
from tests.pipeline.reporting.returning import (
    XLSX,
    YELLOW,
    comments,
    listed,
    marked,
    parts,
    problem,
    returned,
)


def test_a_comment_of_the_sender_stays_above_ours(ledger: pathlib.Path) -> None:
    said = comments(returned(ledger, [problem(4, "C")]))["C4"]
    assert said.startswith("我的备注")
    assert "【错误】FLD-001" in said


def test_a_second_return_takes_back_the_marks_of_the_first(ledger: pathlib.Path) -> None:
    first = returned(ledger, [problem(4, "C"), problem(7, "B"), problem(9, None)], "first.xlsx")
    second = returned(first, [problem(7, "C", severity="warning")], "second.xlsx")
    assert marked(second) == {"C7": YELLOW}
    assert {cell: text.split("\n")[0] for cell, text in comments(second).items()} == {
        "C4": "我的备注",
        "C7": "【提示】FLD-001",
    }
    assert load_workbook(second)["台账"]["B7"].fill.fgColor.rgb == "FFDDFFDD", "its own colour is back"
    assert load_workbook(second).sheetnames == ["台账", "问题清单"]
    assert read_rows(second, XLSX) == read_rows(ledger, XLSX)


def test_marks_of_the_time_when_a_warning_had_another_word_go_too(ledger: pathlib.Path) -> None:
    now = returned(ledger, [problem(4, "C", severity="warning")], "now.xlsx")
    assert "【提示】" in comments(now)["C4"]
    then = rezip(now, lambda _, content: content.replace("【提示】".encode(), "【警告】".encode()))
    assert comments(returned(then, [problem(7, "C")], "again.xlsx"))["C4"] == "我的备注"


def test_comments_stop_at_a_limit_that_the_list_names(ledger: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (marking, returned_workbook):
        monkeypatch.setattr(module, "MOST_COMMENTS", 3)
    told = [problem(row, "B", severity="warning" if row < 5 else "error") for row in range(2, 12)]
    path = returned(ledger, told)
    assert len(marked(path)) == len(told)
    assert sorted(comments(path)) == ["B5", "B6", "C4"], "errors first, and the sender's own counts"
    assert any("共 10 个,其中 2 个带批注" in str(line[0]) for line in listed(path))


def test_a_conversation_is_not_written_into(ledger: pathlib.Path) -> None:
    """A threaded comment has its text elsewhere, too; one that differs there would be repaired away."""

    def threaded(name: str, content: bytes) -> bytes:
        if name != "xl/comments1.xml":
            return content
        return re.sub(rb"<author>[^<]*</author>|<author/>", b"<author>tc={0A1B}</author>", content, count=1)

    path = returned(rezip(ledger, threaded), [problem(4, "C"), problem(5, "C")])
    assert {cell: text.split("\n")[0] for cell, text in comments(path).items()} == {
        "C4": "我的备注",
        "C5": "【错误】FLD-001",
    }
    assert set(marked(path)) == {"C4", "C5"}


def test_boxes_of_comments_are_as_many_as_comments(ledger: pathlib.Path) -> None:
    """Also after a second return, which takes some back: a box without its comment makes a spreadsheet repair the file."""
    first = returned(ledger, [problem(4, "C"), problem(7, "B")], "first.xlsx")
    for path in (first, returned(first, [problem(8, "A")], "second.xlsx")):
        (box,) = (content for name, content in parts(path).items() if name.endswith(".vml"))
        shapes = re.findall(rb'<v:shape id="([^"]*)"', box)
        assert len(shapes) == len(set(shapes)) == len(comments(path))
