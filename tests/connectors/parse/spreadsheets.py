"""Writes workbooks in the habits of many programs, XML by hand: what a spreadsheet library would not let a test write."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from connectors.parse.rows import column_letter

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


@dataclass(frozen=True)
class Habit:
    """How a program writes a workbook. ``top`` and ``left``: where its first used row and column are, from 0."""

    top: int = 0
    left: int = 0
    has_row_references: bool = True
    has_cell_references: bool = True
    is_inline: bool = False
    prefix: str = ""
    quote: str = '"'
    has_spans: bool = False
    has_style_first: bool = False
    has_last_row: bool = False
    has_far_cells: bool = False
    has_empty_cells: bool = False
    is_strict: bool = False
    is_1904: bool = False
    target: str = "worksheets/sheet1.xml"
    before: str = ""
    """XML before the rows, such as <cols/>."""
    after: str = ""
    """XML behind the rows."""


@dataclass(frozen=True)
class Written:
    """One cell as it goes into XML: its type, number format, text, formula. Text None = an empty, styled cell."""

    text: str | None
    kind: str = "s"
    code: str = "General"
    formula: str | None = None


Table = Sequence[tuple[int, dict[int, Written]]]
"""(row, cells by column), both from 0 and beside the habit's place, rows ascending."""


def spreadsheet(table: Table, habit: Habit, sheets: dict[str, Table] | None = None) -> bytes:
    """A workbook with a sheet 台账, and others behind it."""
    texts: dict[str, int] = {}
    codes: dict[str, int] = {"General": 0}
    every = {"台账": table, **(sheets or {})}
    parts = {
        habit.target if number == 1 else f"worksheets/sheet{number}.xml": _sheet(rows, habit, texts, codes)
        for number, rows in enumerate(every.values(), start=1)
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'>"
            "<Default Extension='xml' ContentType='application/xml'/><Default Extension='rels' "
            "ContentType='application/vnd.openxmlformats-package.relationships+xml'/><Override PartName='/xl/workbook.xml' "
            "ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml'/>"
            + "".join(f"<Override PartName='/{_entry(part)}' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml'/>" for part in parts)
            + "<Override PartName='/xl/sharedStrings.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml'/>"
            "<Override PartName='/xl/styles.xml' ContentType='application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml'/></Types>")  # fmt: skip
        archive.writestr("_rels/.rels", _links([("officeDocument", "xl/workbook.xml")], habit))
        archive.writestr("xl/workbook.xml", _book(every, habit))
        links = [("worksheet", part) for part in parts] + [
            ("sharedStrings", "sharedStrings.xml"),
            ("styles", "styles.xml"),
        ]
        archive.writestr("xl/_rels/workbook.xml.rels", _links(links, habit))
        archive.writestr("xl/sharedStrings.xml", _shared(texts, habit))
        archive.writestr("xl/styles.xml", _styles(codes, habit))
        for part, xml in parts.items():
            archive.writestr(_entry(part), xml)
    return content.getvalue()


def _entry(target: str) -> str:
    return target[1:] if target.startswith("/") else f"xl/{target}"


def _namespace(habit: Habit) -> str:
    name = f"xmlns:{habit.prefix[:-1]}" if habit.prefix else "xmlns"
    return f'{name}="{_STRICT if habit.is_strict else _MAIN}"'


def _links(targets: Sequence[tuple[str, str]], habit: Habit) -> str:
    base = _STRICT_RELATIONS if habit.is_strict else _RELATIONS
    listed = "".join(f'<Relationship Id="rId{i}" Type="{base}/{kind}" Target="{part}"/>' for i, (kind, part) in enumerate(targets, 1))  # fmt: skip
    return f'<?xml version="1.0"?><Relationships xmlns="{_PACKAGE}">{listed}</Relationships>'


def _book(every: dict[str, Table], habit: Habit) -> str:
    p = habit.prefix
    relations = _STRICT_RELATIONS if habit.is_strict else _RELATIONS
    listed = "".join(f'<{p}sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(every, 1))
    properties = f'<{p}workbookPr date1904="1"/>' if habit.is_1904 else ""
    return f'<{p}workbook {_namespace(habit)} xmlns:r="{relations}">{properties}<{p}sheets>{listed}</{p}sheets></{p}workbook>'


def _shared(texts: dict[str, int], habit: Habit) -> str:
    p = habit.prefix
    listed = "".join(f'<{p}si><{p}t xml:space="preserve">{escape(text)}</{p}t></{p}si>' for text in texts)
    return f"<{p}sst {_namespace(habit)}>{listed}</{p}sst>"


def _styles(codes: dict[str, int], habit: Habit) -> str:
    p = habit.prefix
    listed = "".join(f'<{p}numFmt numFmtId="{164 + i}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>' for code, i in codes.items())  # fmt: skip
    cells = "".join(
        f'<{p}xf numFmtId="{164 + i}" fontId="0" fillId="0" borderId="0" xfId="0"/>' for i in codes.values()
    )
    plain = f"<{p}fonts><{p}font/></{p}fonts><{p}fills><{p}fill><{p}patternFill/></{p}fill></{p}fills><{p}borders><{p}border/></{p}borders>"
    base = f'<{p}cellStyleXfs><{p}xf/></{p}cellStyleXfs><{p}cellXfs count="{len(codes)}">{cells}</{p}cellXfs>'
    named = f'<{p}cellStyles><{p}cellStyle name="Normal" xfId="0" builtinId="0"/></{p}cellStyles>'
    return f'<{p}styleSheet {_namespace(habit)}><{p}numFmts count="{len(codes)}">{listed}</{p}numFmts>{plain}{base}{named}</{p}styleSheet>'


def _sheet(table: Table, habit: Habit, texts: dict[str, int], codes: dict[str, int]) -> str:
    p, q = habit.prefix, habit.quote
    rows: list[str] = []
    at = 0
    for row, cells in table:
        number = row + habit.top + 1
        if not habit.has_row_references:
            rows += [f"<{p}row/>"] * (number - at - 1)
        at = number
        reference = f" r={q}{number}{q}" if habit.has_row_references else ""
        spans = f" spans={q}1:99{q}" if habit.has_spans else ""
        rows.append(f"<{p}row{spans}{reference}>{_cells(cells, number, habit, texts, codes)}</{p}row>")
    if habit.has_last_row:
        rows.append(f"<{p}row r={q}1048576{q}><{p}c r={q}A1048576{q} s={q}0{q}/></{p}row>")
    body = f"{habit.before}<{p}sheetData>{''.join(rows)}</{p}sheetData>{habit.after}"
    return f'<?xml version="1.0" encoding="UTF-8"?><{p}worksheet {_namespace(habit)}>{body}</{p}worksheet>'


def _cells(cells: dict[int, Written], number: int, habit: Habit, texts: dict[str, int], codes: dict[str, int]) -> str:
    p, q = habit.prefix, habit.quote
    made: list[str] = []
    at = -1
    for column, cell in sorted(cells.items()):
        place = column + habit.left
        gap = f"<{p}c/>" * (place - at - 1) if not habit.has_cell_references else ""
        if habit.has_empty_cells and habit.has_cell_references and place > at + 1:
            gap = f"<{p}c r={q}{column_letter(at + 1)}{number}{q} s={q}0{q}/>"
        at = place
        made.append(gap + _cell(cell, f"{column_letter(place)}{number}", habit, texts, codes))
    if habit.has_far_cells and habit.has_cell_references:
        made.append(f"<{p}c r={q}XFD{number}{q} s={q}0{q}/>")
    return "".join(made)


def _cell(cell: Written, place: str, habit: Habit, texts: dict[str, int], codes: dict[str, int]) -> str:
    p, q = habit.prefix, habit.quote
    style = f" s={q}{codes.setdefault(cell.code, len(codes))}{q}"
    reference = f" r={q}{place}{q}" if habit.has_cell_references else ""
    kind = "inlineStr" if cell.kind == "s" and habit.is_inline else cell.kind
    attributes = f" t={q}{kind}{q}" if kind != "n" else ""
    attributes = style + attributes + reference if habit.has_style_first else reference + style + attributes
    if cell.text is None:
        return f"<{p}c{style}{reference}/>"
    formula = f"<{p}f>{escape(cell.formula)}</{p}f>" if cell.formula else ""
    if kind == "inlineStr":
        return f'<{p}c{attributes}><{p}is><{p}t xml:space="preserve">{escape(cell.text)}</{p}t></{p}is></{p}c>'
    text = str(texts.setdefault(cell.text, len(texts))) if kind == "s" else escape(cell.text)
    return f"<{p}c{attributes}>{formula}<{p}v>{text}</{p}v></{p}c>"
