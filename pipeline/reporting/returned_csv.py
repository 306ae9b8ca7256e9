"""A CSV delivery returned as a workbook: its rows as text, at the rows that a spreadsheet shows them at, marked and listed."""

from __future__ import annotations

import csv
import dataclasses
import itertools
import pathlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

import xlsxwriter

from connectors.model import SourceFormat
from connectors.parse.choosing import PROBLEMS_SHEET
from connectors.parse.decoding import decode
from pipeline.reporting import marking
from pipeline.reporting.cells import Marks
from pipeline.reporting.comments import AUTHOR, MOST_COMMENTS, Place
from pipeline.reporting.list_sheet import COLUMNS, LINKED, MOST_LINKS, SHEET_ROWS, WIDTHS, cells_of, link_of, room
from pipeline.reporting.marking import Outcome, Returned
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.returned_workbook import list_alone
from pipeline.reporting.styles import COLOURS, HEADER_COLOUR, LINK_COLOUR
from pipeline.reporting.tables import CELL_CHARACTERS, Target, fitting, opened, text_of
from schemas.contract import load_contracts
from schemas.errors import TellInsurer

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

_SEPARATOR_LINE = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)
_MOST_COLUMNS = 16_384
_NOTE_LINES, _COLUMN_WIDTH = 8, 18
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_COMMENT = {"author": AUTHOR, "x_scale": 2, "y_scale": 1.5}
Texts = Mapping[Place, str]
Rows = Iterator[tuple[int, list[str]]]
"""Line on which a record begins, and its cells."""


def return_csv(
    original: pathlib.Path, source: SourceFormat, report: Report, target: Target, *, file_no: int = 1
) -> Returned:
    """Write the rows of one text file (from 1) of a batch as a workbook with its problems, text as text.

    What a sheet cannot hold, or a file that cannot be read, becomes a workbook that only lists. Raises FileExistsError for
    a path that is taken.
    """
    problems = report.of_file(file_no)
    contract = load_contracts().get(report.record_type)
    sheet = contract.business_name if contract else "数据"
    with opened(target) as file:
        try:
            lines = _lines_of_records(original, source)
        except (TellInsurer, csv.Error, UnicodeDecodeError):
            return list_alone(report.batch_id, problems, file, ["原文件无法读取"])
        if lines is None:
            return list_alone(report.batch_id, problems, file, ["原文件放不进一张工作表"])
        told = dataclasses.replace(report, problems=[_placed(each, sheet, lines) for each in problems])
        return _write(file, sheet, told, _records(original, source))


def _records(path: pathlib.Path, source: SourceFormat) -> Rows:
    """Records as the hub reads them. Raises TellInsurer, csv.Error."""
    with path.open("rb") as stream:
        lines = _lines(decode(stream, source.encoding, source.delimiter))
        first = next(lines, "")
        given = _SEPARATOR_LINE.match(first)
        delimiter = given[1] if given else source.delimiter
        reader = csv.reader(itertools.chain([first], lines), delimiter=delimiter, strict=True)
        line = 1
        for row in reader:
            yield line, row
            line = reader.line_num + 1


def _lines(texts: Iterator[str]) -> Iterator[str]:
    rest = ""
    for text in texts:
        *whole, rest = (rest + text).split("\n")
        yield from (line + "\n" for line in whole)
    if rest:
        yield rest


def _lines_of_records(path: pathlib.Path, source: SourceFormat) -> dict[int, int] | None:
    """Line -> record of a text file, so that problems are found by their line; None for what no sheet can hold."""
    csv.field_size_limit(max(csv.field_size_limit(), CELL_CHARACTERS + 1))
    found: dict[int, int] = {}
    for number, (line, cells) in enumerate(_records(path, source), start=1):
        if number > SHEET_ROWS or len(cells) > _MOST_COLUMNS or any(len(cell) > CELL_CHARACTERS for cell in cells):
            return None
        found[line] = number
    return found


def _placed(problem: Problem, sheet: str, lines: dict[int, int]) -> Problem:
    """A problem at its row of the sheet instead of its line of the file."""
    number = lines.get(problem.parts.line or 0)
    return problem if number is None else dataclasses.replace(problem, place=f"{sheet}!{number}")


def _write(file: BinaryIO, sheet: str, report: Report, records: Rows) -> Returned:
    problems = report.problems
    placed = _first_cells(marking.by_sheet(problems).get(sheet, {}))
    texts, marks = marking.texts(placed, {}, MOST_COMMENTS), marking.marks(placed)
    shown = problems[: room(_NOTE_LINES)]
    unplaced = len(problems) - sum(map(len, placed.values()))
    notes = marking.notes(report.batch_id, problems, len(shown), Outcome(len(placed), len(texts), unplaced))
    with xlsxwriter.Workbook(file, _OPTIONS) as book:
        page, listing = book.add_worksheet(sheet), book.add_worksheet(PROBLEMS_SHEET)
        _write_rows(page, records, _formats(book), (marks, texts))
        _write_list(listing, notes, shown, _list_formats(book))
    return Returned(len(problems), len(shown), len(placed), len(texts), tuple(notes), is_annotated=True)


def _first_cells(placed: Mapping[Place, list[Problem]]) -> dict[Place, list[Problem]]:
    """What concerns a whole row stands at its first cell."""
    merged: dict[Place, list[Problem]] = {}
    for (row, column), problems in placed.items():
        merged.setdefault((row, max(column, 0)), []).extend(problems)
    return merged


def _formats(book: Workbook) -> dict[str, Format]:
    """Formats of text: plain (""), and of each severity."""
    coloured = {severity: {"bg_color": f"#{colour[2:]}"} for severity, colour in COLOURS.items()}
    return {name: book.add_format({"num_format": "@", **more}) for name, more in {"": {}, **coloured}.items()}


def _write_rows(page: Worksheet, records: Rows, formats: Mapping[str, Format], wanted: tuple[Marks, Texts]) -> None:
    """Every cell as text; a wrong one that is empty is there, too, so that its colour shows. Comments go with their row."""
    marks, texts = wanted
    for number, (_, cells) in enumerate(records, start=1):
        row = marks.get(number, {})
        if number == 1:
            page.set_column(0, max(len(cells) - 1, 0), _COLUMN_WIDTH, formats[""])
        for column, cell in enumerate(cells):
            form = formats[row.get(column, "")]
            if cell:
                page.write_string(number - 1, column, cell, form)
            elif column in row:
                page.write_blank(number - 1, column, None, form)
            if told := texts.get((number, column)):
                page.write_comment(number - 1, column, told, _COMMENT)


def _list_formats(book: Workbook) -> tuple[Format, Format, Format]:
    """Formats of header, text and link."""
    text = {"num_format": "@", "text_wrap": True, "valign": "top"}
    link = {**text, "font_color": f"#{LINK_COLOUR[2:]}", "underline": 1}
    header, body, linked = ({**text, "bg_color": f"#{HEADER_COLOUR[2:]}"}, text, link)
    return book.add_format(header), book.add_format(body), book.add_format(linked)


def _write_list(
    page: Worksheet, notes: Sequence[str], problems: Sequence[Problem], formats: tuple[Format, Format, Format]
) -> None:
    header, body, linked = formats
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)
    page.freeze_panes(len(notes) + 1, 0)
    for row, note in enumerate(notes):
        page.write_string(row, 0, note)
    page.write_row(len(notes), 0, COLUMNS, header)
    for number, problem in enumerate(problems, start=1):
        row = len(notes) + number
        for column, value in enumerate(cells_of(number, problem)):
            if value is not None:
                page.write_string(row, column, fitting(str(text_of(value))), body)
        link = link_of(problem, frozenset({problem.parts.sheet or ""})) if number <= MOST_LINKS else None
        if link is not None:
            page.write_url(row, LINKED, f"internal:{link}", linked, str(problem.sheet_row))
