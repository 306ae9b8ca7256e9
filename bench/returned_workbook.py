"""A returned workbook of 100,000 x 15 cells: seconds and peak memory, by how many problems it holds; and the report of errors.

Run with ``python bench/returned_workbook.py [rows]``. Each is measured in a process of its own.
"""

from __future__ import annotations

import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import xlsxwriter

from pipeline.reporting.error_report import write_report
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.returned_workbook import return_workbook

COLUMNS, SHEET = 15, "保单"
PROBLEMS = (5_000, 50_000, 100_000)


def fill(path: pathlib.Path, rows: int) -> None:
    """A workbook as a clerk's spreadsheet writes it: shared texts, numbers, dates, drop-downs."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet, date = book.add_worksheet(SHEET), book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, [f"列{n}" for n in range(COLUMNS)])
        sheet.data_validation(1, 3, rows, 3, {"validate": "list", "source": ["10", "20"]})
        for row in range(1, rows + 1):
            for column in range(COLUMNS):
                if column % 3 == 0:
                    sheet.write_string(row, column, f"甲乙丙{row}-{column}")
                elif column % 3 == 1:
                    sheet.write_number(row, column, row * 1.25 + column)
                else:
                    sheet.write_number(row, column, 45000 + row % 900, date)


def problems(rows: int, count: int) -> list[Problem]:
    """Problems spread over the rows."""
    return [
        Problem(
            f"FLD-{n % 40:03d}", f"保费“{n}.00”低于下限。请核对保单第{n}号的金额后改正。", "warning" if n % 5 == 0 else "error",
            row, f"{SHEET}!{row}", "policy", "written_premium_amount", "签单保费", "签单保费", chr(65 + n % COLUMNS), f"HK-{n}",
            f"{n}.00", f"{n + 5}.00",
        )
        for n in range(count)
        for row in (2 + n * rows // count,)
    ]  # fmt: skip


def measure(what: str, path: pathlib.Path, rows: int, count: int) -> None:
    """Do one thing in this process, and print what it took."""
    report = Report(1, "tianji", "policy", (path.name,), problems(rows, count))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    target = path.with_name(f"{what}-{count}.out")
    begun, worked = time.monotonic(), time.process_time()
    if what == "returned":
        return_workbook(path, report, target)
    else:
        write_report(report, target, what)  # type: ignore[arg-type]
    worked = time.process_time() - worked
    seconds, peak = time.monotonic() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    size = target.stat().st_size / 1e6
    print(
        f"{what:9} {count:7,} problems: {seconds:5.1f} s ({worked:.1f} s of processor), peak {peak:4.0f} MB (before {before:.0f}), {size:.1f} MB"
    )


def main() -> None:
    """Measure each in a process of its own."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="anze-bench-") as folder:
        path = pathlib.Path(folder) / "original.xlsx"
        subprocess.run([sys.executable, __file__, "--fill", str(path), str(rows)], check=True)
        print(f"{rows:,} x {COLUMNS}, {path.stat().st_size / 1e6:.1f} MB")
        cases = [("returned", count) for count in PROBLEMS] + [(kind, 50_000) for kind in ("xlsx", "csv", "json")]
        for what, count in cases:
            subprocess.run([sys.executable, __file__, "--one", what, str(path), str(rows), str(count)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--fill"]:
        fill(pathlib.Path(sys.argv[2]), int(sys.argv[3]))
    elif sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], pathlib.Path(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
    else:
        main()
