"""The sheet 问题清单 of a returned workbook: all problems, a line each, with a way to the cell; the total stands on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.parse.rows import column_letter
from pipeline.reporting.problems import SEVERITIES, Problem
from pipeline.reporting.tables import fitting, text_of
from pipeline.reporting.xml_pieces import attribute, text

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
COLUMNS = (
    "序号", "工作表", "行号", "列号", "列名", "业务编号", "报送的值", "程度", "规则", "规则名称", "问题与处理办法", "应为", "差额",
)  # fmt: skip
WIDTHS = (7, 14, 8, 7, 22, 24, 24, 7, 11, 26, 60, 30, 14)
SHEET_ROWS, MOST_LINKS = 1_048_576, 60_000
#: Of which column the text leads to the cell.
LINKED = COLUMNS.index("行号")
_NUMBERS = frozenset({COLUMNS.index("序号"), COLUMNS.index("行号")})


@dataclass(frozen=True)
class Listing:
    """What the sheet says: lines on top, problems, and for each sheet name whether cells of it can be linked."""

    notes: Sequence[str]
    problems: Sequence[Problem]
    sheets: frozenset[str] = frozenset()
    formats: tuple[int, int, int] = (0, 0, 0)
    """Numbers of the formats of header, text and link."""
    namespace: str = SPREADSHEET


def room(note_count: int) -> int:
    """How many problems fit below so many lines of notes."""
    return SHEET_ROWS - note_count - 1


def cells_of(number: int, problem: Problem) -> tuple[object, ...]:
    """One line of the list; ``number`` from 1."""
    return (
        number, problem.parts.sheet, problem.sheet_row, problem.column_letter,
        problem.field_name or problem.source_column, problem.record_key, problem.value, SEVERITIES[problem.severity],
        problem.rule_id, problem.rule_title, problem.message, problem.expected, problem.difference,
    )  # fmt: skip


def written(listing: Listing) -> Iterator[bytes]:
    """The part of the sheet, piece by piece."""
    header, body, link = listing.formats
    first = len(listing.notes) + 1
    yield _beginning(listing, first)
    for number, note in enumerate(listing.notes, start=1):
        yield _row(number, [note], {0: 0})
    yield _row(first, COLUMNS, dict.fromkeys(range(len(COLUMNS)), header))
    links: list[bytes] = []
    for number, problem in enumerate(listing.problems, start=1):
        target = link_of(problem, listing.sheets) if len(links) < MOST_LINKS else None
        styles = dict.fromkeys(range(len(COLUMNS)), body)
        if target is not None:
            styles[LINKED] = link
            reference = f"{column_letter(LINKED)}{first + number}"
            links.append(b"<hyperlink ref=" + attribute(reference) + b" location=" + attribute(target) + b"/>")
        yield _row(first + number, cells_of(number, problem), styles)
    yield b"</sheetData>"
    if links:
        yield b"<hyperlinks>" + b"".join(links) + b"</hyperlinks>"
    yield b'<pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/></worksheet>'


def _beginning(listing: Listing, first: int) -> bytes:
    columns = "".join(
        f'<col min="{n}" max="{n}" width="{width}" customWidth="1"/>' for n, width in enumerate(WIDTHS, 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{listing.namespace}"><sheetPr>'
        '<pageSetUpPr fitToPage="1"/></sheetPr><sheetViews>'
        f'<sheetView workbookViewId="0"><pane ySplit="{first}" topLeftCell="A{first + 1}" activePane="bottomLeft" '
        f'state="frozen"/></sheetView></sheetViews><cols>{columns}</cols><sheetData>'
    ).encode()


def _row(number: int, values: Iterable[object], styles: dict[int, int]) -> bytes:
    cells = [
        _cell(f"{column_letter(column)}{number}", value, styles[column], column in _NUMBERS)
        for column, value in enumerate(values)
        if value is not None
    ]
    return f'<row r="{number}">'.encode() + b"".join(cells) + b"</row>"


def _cell(reference: str, value: object, style: int, is_number: bool) -> bytes:
    form = f' s="{style}"' if style else ""
    if is_number and isinstance(value, int):
        return f'<c r="{reference}"{form}><v>{value}</v></c>'.encode()
    begin = f'<c r="{reference}"{form} t="inlineStr"><is><t xml:space="preserve">'.encode()
    return begin + text(fitting(str(text_of(value)))) + b"</t></is></c>"


def link_of(problem: Problem, sheets: frozenset[str]) -> str | None:
    """The cell that a problem stands in, as a link within the workbook names it."""
    sheet, row = problem.parts.sheet, problem.sheet_row
    if sheet is None or row is None or sheet not in sheets:
        return None
    quoted = sheet.replace("'", "''")
    return f"'{quoted}'!{problem.column_letter or 'A'}{row}"
