"""Tables of the command line: whole where they fit, narrow where they must be, never short of a cell."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from pipeline.cli import output

COLUMNS = ("机构 insurer", "名称 name", "结果 outcome", "接收 received", "入库 accepted", "隔离 held", "迟报 late")
ROWS = [("tianji", "天玑财产保险(模拟)", "部分入库 rows held", 1204, 1198, 6, None)]


@pytest.mark.parametrize(("width", "heads"), [(190, 1), (110, 1), (100, 2), (80, 2)])
def test_titles_take_two_lines_where_one_does_not_fit(monkeypatch: pytest.MonkeyPatch, width: int, heads: int) -> None:
    written = io.StringIO()
    monkeypatch.setattr(output, "stdout", Console(file=written, width=width))
    output.print_table(COLUMNS, ROWS, right=(3, 4, 5, 6))
    lines = written.getvalue().splitlines()
    row = next(n for n, line in enumerate(lines) if "tianji" in line)
    assert row == heads
    assert max(map(cell_len, lines)) <= width
    shown = written.getvalue()
    assert all(word in shown for column in COLUMNS for word in column.split())
    assert all(number in lines[row] for number in ("1204", "1198", "6"))


def test_a_wide_table_in_a_pipe_keeps_its_rows_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(output, "stdout", Console(file=written, width=output.PIPED_WIDTH))
    output.print_table([f"列{n} column_{n}" for n in range(14)], [[f"v{n:09}" for n in range(14)]])
    first, second, row = written.getvalue().splitlines()
    assert (first.split()[0], second.split()[0], len(row.split())) == ("列0", "column_0", 14)
