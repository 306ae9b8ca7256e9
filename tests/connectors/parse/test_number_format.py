"""Number formats: a key is what a person sees or in doubt, an amount is the number unless its format says otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.model import Use
from connectors.parse.number_format import compiled
from tests.connectors.parse.writing import XLSX, in_sheet, noted, read_rows, rezip, workbook

SHOWN = [
    ("General", "4711", "4711"), ("0", "4711", "4711"), ("0000000000", "4711", "0000004711"),
    ("0000000000_ ", "4800", "0000004800"), ('"SH-"0000000"A"', "4801", "SH-0004801A"), (r"\P\D0000", "7", "PD0007"),
    ("[Red]0000;-0", "123", "0123"), ("[Red]0000;-0", "-5", "-5"), ("000000;[Red]-000000;0", "0", "0"),
    ('0"号"', "7", "7号"), ('G/通用格式"号"', "7", "7号"), ('"A"General', "12.5", "A12.5"), (r"000\-0000", "1234567", "123-4567"),
    ('0000"-"00"-"00', "20261116", "2026-11-16"), ("[>100]0;00", "5", "05"), ("[>100]0;00", "500", "500"),
    ("_ * #,##0_ ", "47", "47"), ("0_);(0)", "-5", "(5)"), ("[蓝色]0", "5", "5"), ("0.00", "47.25", "47.25"),
]  # fmt: skip
UNTOLD = [
    ("0.00", "4711"), ("0.0", "12.55"), ("#,##0", "4711"), ("0,000", "47"), ("0%", "4"), ("0.00E+00", "4711"), ("# ?/?", "5"),
    ("[DBNum1]0", "4"), ("**0", "5"), ("*00", "5"), ('"x"', "5"), (";;;", "5"), ("0;;", "-5"), ("#", "0"), ("yyyy-mm-dd", "5"),
    ("SH-0000", "5"), ("0,", "12000"), ("[<5]0;[<9]00;000", "7"), ("General0", "5"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "plain", "shown"), SHOWN)
def test_a_key_is_what_a_person_sees(code: str, plain: str, shown: str) -> None:
    assert compiled(code).shown(plain) == shown


@pytest.mark.parametrize(("code", "plain"), UNTOLD)
def test_what_cannot_be_told_for_certain_is_not_told(code: str, plain: str) -> None:
    assert compiled(code).shown(plain) is None


_ACCOUNTING = '_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * "-"??_ ;_ @_ '
MEANT = [
    ("#,##0.00", "1234.5", "1234.5"), ('0.00"元"', "5.5", "5.5"), ("0.00元", "5.5", "5.5"), ('"¥"* #,##0.00', "5", "5"),
    ("[$¥-804]#,##0.00", "5", "5"), ('0"人"', "5", "5"), ('[DBNum2]G/通用格式"元整"', "5", "5"), (_ACCOUNTING, "0", "0"),
    (_ACCOUNTING, "-5", "-5"), ("0.00_);[Red]\\(0.00\\)", "-5", "-5"), ("0;[Red]0", "-5", "-5"), ("0%", "0.21", "21%"),
    ("0.00%", "0.0525", "5.25%"), ("#,##0;-#,##0;", "0", "0"), ('[>=10000]0!.0,"万";0', "5", "5"), ("0000", "5", "5"),
]  # fmt: skip
ALTERED = [
    ('#,##0.00"万元"', "5"), ("0.0\\%", "5"), ('0.0"%"', "5"), ('0.0"‰"', "5"), ("0,", "5000"), ("0.00,,", "5"), ("0.00,", "5"),
    ("# ?/?", "0.5"), ("0.00E+00", "5"), ("0;0", "-5"), ("(0)", "5"), ("-0", "5"), ('0!.0,"万元"', "5"), ('0"."00', "5"),
    ("[$$-409]#,##0", "5"), ("$0.00", "5"), ('0"千"', "5"), ('[>=10000]0!.0,"万";0', "50000"), (";;;", "5"), ("0%%", "1"),
    ("*00", "5"), ('0"分"', "5"), ('"约"0', "5"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "plain", "meant"), MEANT)
def test_an_amount_is_the_number_behind_its_format(code: str, plain: str, meant: str) -> None:
    assert compiled(code).meant(plain) == meant


@pytest.mark.parametrize(("code", "plain"), ALTERED)
def test_a_format_that_changes_what_an_amount_means_is_told(code: str, plain: str) -> None:
    assert compiled(code).meant(plain) is None


_pieces = st.sampled_from(
    [
        '"',
        "\\",
        "[",
        "]",
        "0",
        "#",
        "?",
        ",",
        ".",
        "%",
        "@",
        ";",
        "_",
        "*",
        "E+",
        "General",
        "元",
        "y",
        "h",
        "/",
        "-",
        " ",
        ">5",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_pieces, max_size=9).map("".join), st.integers(-(10**9), 10**15 - 1))
def test_no_format_makes_one_key_of_two_numbers(code: str, number: int) -> None:
    form = compiled(code)
    shown = form.shown(str(number))
    form.meant(str(number))
    form.shown_text("x")
    if shown is not None and number >= 0:
        assert {form.shown(str(other)) for other in (number + 1, number * 10 + 1)}.isdisjoint({shown})
        if set("123456789").isdisjoint(code):  # a digit in a format is written out, and may stand amid the number's own
            assert "".join(filter(str.isdigit, shown)).find(str(number) if number else "0") >= 0


def _written(values: dict[str, tuple[Any, str]]) -> Callable[[Any, Any], None]:
    """One row of cells: name -> (value, number format)."""

    def write(book: Any, sheet: Any) -> None:
        for column, (name, (value, code)) in enumerate(values.items()):
            sheet.write(0, column, name)
            sheet.write(1, column, value, book.add_format({"num_format": code}))

    return write


def test_what_a_column_is_read_for_decides_what_its_cell_says(tmp_path: Path) -> None:
    cells = {
        "键": (4801, '"SH-"0000000"A"'), "键文": ("4801", '"SH-"@'), "金额": (12.5, '0.00"元"'), "占比": (0.21, "0%"),
        "起期": (46000, "yyyy-mm-dd"), "备注": (4711, "#,##0"), "文": ("47", "0.00"),
    }  # fmt: skip
    uses: dict[str, Use] = {
        "键": "key", "键文": "key", "金额": "number", "占比": "ratio", "起期": "date", "备注": "text", "文": "number",
    }  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", _written(cells))
    [row] = read_rows(path, XLSX, expected=uses)
    assert list(row.values())[:7] == ["SH-0004801A", "SH-4801", "12.5", "21%", "2025-12-09", "4711", "47"]
    assert noted(path, XLSX, uses) == []


def test_a_percentage_is_no_amount(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", _written({"金额": (0.5, "0%")}))
    assert [(n.rule_id, n.found) for n in noted(path, XLSX, {"金额": "number"})] == [("MAP-014", "0%")]


def test_doubt_about_a_cell_is_noted_with_its_place(tmp_path: Path) -> None:
    cells = {
        "键": (4711, "#,##0"), "键期": (46000, "m月d日"), "金额": (5, '0.00"万元"'), "起期": (-1, "yyyy-mm-dd"),
        "键文": ("4711", "0;0;0;"), "大键": (1, "0"), "大额": (1, "0.00"), "零头": (1, "0.00"),
    }  # fmt: skip
    uses: dict[str, Use] = {
        "键": "key", "键期": "key", "金额": "number", "起期": "date", "键文": "key", "大键": "key", "大额": "number", "零头": "number",
    }  # fmt: skip
    path = workbook(tmp_path / "a.xlsx", _written(cells))
    for column, number in (
        (b"F2", b"370202199001010011"),
        (b"G2", b"12345678901234.56"),
        (b"H2", b"0.30000000000000004"),
    ):
        rezip(path, in_sheet(rb'(<c r="' + column + rb'"[^>]*><v>)1<', rb"\g<1>" + number + b"<"))
    assert [(n.rule_id, n.found, n.row_no, n.column) for n in noted(path, XLSX, uses)] == [
        ("MAP-013", "#,##0", 2, 0),
        ("MAP-013", "m月d日", 2, 1),
        ("MAP-014", '0.00"万元"', 2, 2),
        ("MAP-015", "-1", 2, 3),
        ("MAP-013", "0;0;0;", 2, 4),
        ("MAP-011", "370202199001010011", 2, 5),
        ("MAP-011", "12345678901234.56", 2, 6),
    ]
    assert read_rows(path, XLSX, expected=uses)[0]["零头"] == "0.3"
