"""A bulletin as DOCX: the same headings, sentences and tables, charts as pictures. The same document gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile

import docx as word
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.table import Table as WordTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as WordParagraph

from portal.bulletin.blocks import Charts, Column, Document, Heading, Paragraph, Table
from portal.bulletin.pdf import picture

_SERIF, _SANS = "宋体", "黑体"
_GREY = RGBColor(0x56, 0x62, 0x7A)
_WIDTH_MM = 158.0
#: Every file of the archive has this date: the oldest that a zip can say.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def docx(document: Document) -> bytes:
    """The document as an office's file. Raises SetupError without a Chinese font, of which pictures are drawn."""
    paper = word.Document()
    _lay_out(paper, document)
    _head(paper, document)
    number = itertools.count(1)
    for block in document.blocks:
        if isinstance(block, Heading):
            _heading(paper, block)
        elif isinstance(block, Paragraph):
            _paragraph(paper, block.text, indent=document.language == "zh")
        elif isinstance(block, Table):
            _table(paper, block, f"{'表' if document.language == 'zh' else 'Table '}{next(number)}　{block.title}")
        else:
            _charts(paper, block)
    _footer(paper, document)
    return _fixed(paper)


def _lay_out(paper: WordDocument, document: Document) -> None:
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(30)
    section.left_margin, section.right_margin = Mm(27), Mm(25)
    _style(paper, "Normal", _SERIF, 12)
    _style(paper, "Title", _SERIF, 22)
    _style(paper, "Heading 1", _SANS, 14)
    moment = document.moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    core = paper.core_properties
    core.created = core.modified = core.last_printed = moment
    core.title, core.author = document.title + document.subtitle, document.author
    core.last_modified_by, core.comments, core.revision = document.author, "", 1
    core.language = "zh-CN" if document.language == "zh" else "en-GB"


def _style(paper: WordDocument, name: str, font: str, size: float) -> None:
    style = paper.styles[name]
    assert isinstance(style, ParagraphStyle)
    style.font.name, style.font.size, style.font.bold = "Times New Roman" if font == _SERIF else "Arial", Pt(size), False
    style.font.color.rgb = RGBColor(0x1B, 0x24, 0x31)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), font)
    style.paragraph_format.line_spacing = 1.5
    style.paragraph_format.space_after = Pt(0)


def _head(paper: WordDocument, document: Document) -> None:
    title = paper.add_paragraph(document.title, style="Title")
    _borders(title, bottom=None)
    for line, size in ((document.subtitle, 16.0), ("　·　".join(document.facts), 10.5)):
        below = paper.add_paragraph()
        _run(below, line, size, _SERIF if size > 12 else _SANS)
        below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _borders(below, bottom="6")
    below.paragraph_format.space_after = Pt(10)


def _heading(paper: WordDocument, heading: Heading) -> None:
    made = paper.add_heading(heading.text, level=1)
    made.paragraph_format.space_before, made.paragraph_format.space_after = Pt(14), Pt(6)
    made.paragraph_format.page_break_before = heading.is_annex


def _paragraph(paper: WordDocument, text: str, indent: bool) -> None:
    made = paper.add_paragraph(text)
    if indent:
        made.paragraph_format.first_line_indent = Pt(24)


def _table(paper: WordDocument, table: Table, title: str) -> None:
    caption = paper.add_paragraph()
    _run(caption, title, 10, _SANS)
    caption.alignment, caption.paragraph_format.keep_with_next = WD_ALIGN_PARAGRAPH.CENTER, True
    caption.paragraph_format.space_before = Pt(10)
    made = paper.add_table(rows=1 + len(table.rows), cols=len(table.columns))
    made.autofit = False
    _table_borders(made)
    _widths(made, table.columns)
    cells = iter(made._cells)
    for label, column in zip((c.label for c in table.columns), table.columns, strict=True):
        _fill(next(cells), label, column, 8.5, _SANS)
    for row in table.rows:
        for text, column in zip(row, table.columns, strict=True):
            _fill(next(cells), text, column, 9, _SERIF)
    _repeat_header(made)
    note = paper.add_paragraph()
    _run(note, table.note, 8.5, _SERIF, _GREY)
    note.paragraph_format.space_after = Pt(8)


def _fill(cell: _Cell, text: str, column: Column, size: float, font: str) -> None:
    place = cell.paragraphs[0]
    _run(place, text, size, font)
    place.paragraph_format.line_spacing = 1.15
    place.alignment = WD_ALIGN_PARAGRAPH.RIGHT if column.is_number else WD_ALIGN_PARAGRAPH.LEFT


def _charts(paper: WordDocument, charts: Charts) -> None:
    """Pictures, ``across`` on a line; what they show is in the tables, and in the picture's own words."""
    width = Mm((_WIDTH_MM - 6 * (charts.across - 1)) / charts.across)
    for first in range(0, len(charts.charts), charts.across):
        line = charts.charts[first : first + charts.across]
        names = paper.add_paragraph()
        _run(names, "　|　".join(chart.title for chart in line), 9, _SANS)
        names.paragraph_format.keep_with_next = True
        shown = paper.add_paragraph()
        shown.paragraph_format.line_spacing = 1.0
        for chart in line:
            drawn = shown.add_run().add_picture(io.BytesIO(picture(chart.svg)), width=width)
            drawn._inline.docPr.set("descr", f"{chart.title}. {chart.words}")
            shown.add_run("  ")


def _footer(paper: WordDocument, document: Document) -> None:
    footer = paper.sections[0].footer
    first = footer.paragraphs[0]
    _borders(first, top="4")
    _run(first, document.footer[0], 7.5, _SANS, _GREY)
    second = footer.add_paragraph()
    _run(second, f"{document.footer[1]}　　", 7.5, _SANS, _GREY)
    _field(second, "PAGE")
    _run(second, " / ", 7.5, _SANS, _GREY)
    _field(second, "NUMPAGES")


def _run(paragraph: WordParagraph, text: str, size: float, font: str, color: RGBColor | None = None) -> None:
    run = paragraph.add_run(text)
    run.font.size, run.font.name = Pt(size), "Times New Roman" if font == _SERIF else "Arial"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if color is not None:
        run.font.color.rgb = color


def _field(paragraph: WordParagraph, name: str) -> None:
    """A number that Word fills in."""
    run = paragraph.add_run()
    run.font.size, run.font.color.rgb = Pt(7.5), _GREY
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(run._element)
    paragraph._p.append(field)


def _repeat_header(table: WordTable) -> None:
    """The first row is the header: repeated on each page; no row is broken between pages."""
    for number, row in enumerate(table.rows):
        properties = row._tr.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if not number:
            properties.append(OxmlElement("w:tblHeader"))


def _widths(table: WordTable, columns: tuple[Column, ...]) -> None:
    whole = sum(column.weight for column in columns)
    for place, column in zip(table.columns, columns, strict=True):
        place.width = Mm(_WIDTH_MM * column.weight / whole)
    for row in table.rows:
        for cell, column in zip(row.cells, columns, strict=True):
            cell.width = Mm(_WIDTH_MM * column.weight / whole)


def _table_borders(table: WordTable) -> None:
    """Lines above and below, thin ones between the rows."""
    borders = OxmlElement("w:tblBorders")
    for side, size, color in (("top", "8", "1B2431"), ("bottom", "8", "1B2431"), ("insideH", "2", "C3CAD6")):
        borders.append(_line(side, size, color))
    table._tbl.tblPr.append(borders)


def _borders(paragraph: WordParagraph, **sides: str | None) -> None:
    """Lines at a paragraph's sides, in eighths of a point; None takes the style's away."""
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for side, size in sides.items():
        borders.append(_line(side, size or "0", "1B2431", "single" if size else "nil"))
    properties.append(borders)


def _line(side: str, size: str, color: str, kind: str = "single") -> OxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", kind), ("sz", size), ("space", "1"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    return line


def _fixed(paper: WordDocument) -> bytes:
    """The archive with the same date on every file, in the same order."""
    made, fixed = io.BytesIO(), io.BytesIO()
    paper.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
