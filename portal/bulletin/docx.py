"""A bulletin as DOCX: the same headings, sentences and tables, charts as pictures. The same document gives the same bytes."""

from __future__ import annotations

import io
import itertools
import zipfile

import docx as word
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm
from docx.table import Table as WordTable

from portal.bulletin.blocks import Charts, Column, Document, Heading, Paragraph, Table
from portal.bulletin.docx_styles import WIDTH_MM, lay_out
from portal.bulletin.pdf import picture

#: Every file of the archive has this date: the oldest that a zip can say.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def docx(document: Document) -> bytes:
    """The document as an office's file. Raises SetupError without a Chinese font, of which pictures are drawn."""
    paper = word.Document()
    lay_out(paper, document)
    _head(paper, document)
    number = itertools.count(1)
    for block in document.blocks:
        if isinstance(block, Heading):
            made = paper.add_heading(block.text, level=1)
            made.paragraph_format.page_break_before = block.is_annex
        elif isinstance(block, Paragraph):
            paper.add_paragraph(block.text, style="Body Text")
        elif isinstance(block, Table):
            _table(paper, block, f"{'表' if document.language == 'zh' else 'Table '}{next(number)}　{block.title}")
        else:
            _charts(paper, block)
    _finish(paper, document)
    return _fixed(paper)


def _head(paper: WordDocument, document: Document) -> None:
    paper.add_paragraph(document.title, style="Title")
    paper.add_paragraph(document.subtitle, style="Subtitle")
    paper.add_paragraph("　·　".join(document.facts), style="Bulletin Facts")


def _table(paper: WordDocument, table: Table, title: str) -> None:
    paper.add_paragraph(title, style="Bulletin Caption")
    made = paper.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Bulletin Table")
    made.autofit = False
    _fill(made, table)
    _widths(made, table.columns)
    paper.add_paragraph(table.note, style="Bulletin Note")


def _fill(made: WordTable, table: Table) -> None:
    rows = (tuple(column.label for column in table.columns), *table.rows)
    for number, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        for cell, text, column in zip(row.cells, texts, table.columns, strict=True):
            kind = "Number" if column.is_number else "Text"
            cell.paragraphs[0].style = f"Bulletin {kind} Head" if not number else f"Bulletin {kind}"
            cell.paragraphs[0].add_run(text)


def _widths(table: WordTable, columns: tuple[Column, ...]) -> None:
    whole = sum(column.weight for column in columns)
    widths = [Mm(WIDTH_MM * column.weight / whole) for column in columns]
    for place, width in zip(table.columns, widths, strict=True):
        place.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _charts(paper: WordDocument, charts: Charts) -> None:
    """Pictures in a table without lines, each below its title, ``across`` beside each other."""
    rows = -(-len(charts.charts) // charts.across)
    made = paper.add_table(rows=rows, cols=charts.across)
    width = Mm(WIDTH_MM / charts.across - 8)
    cells = [cell for row in made.rows for cell in row.cells]
    for cell, chart in zip(cells, charts.charts, strict=False):
        cell.paragraphs[0].style = "Bulletin Text Head"
        cell.paragraphs[0].add_run(chart.title)
        cell.add_paragraph(style="Bulletin Text").add_run().add_picture(io.BytesIO(picture(chart.svg)), width=width)
    paper.add_paragraph(style="Bulletin Note")


def _finish(paper: WordDocument, document: Document) -> None:
    """What python-docx has no words for: repeated heads of tables, words of pictures, page numbers."""
    for table in paper.element.body.iter(qn("w:tbl")):
        is_charts = next(table.iter(qn("w:drawing")), None) is not None
        for number, row in enumerate(table.iter(qn("w:tr"))):
            properties = row.get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if not number and not is_charts:
                properties.append(OxmlElement("w:tblHeader"))
    for drawn, chart in zip(paper.element.body.iter(qn("wp:docPr")), document.charts, strict=True):
        drawn.set("descr", f"{chart.title}. {chart.words}")
    _footer(paper, document)


def _footer(paper: WordDocument, document: Document) -> None:
    footer = paper.sections[0].footer
    footer.paragraphs[0].style = "Bulletin Footer"
    footer.paragraphs[0].add_run(document.footer[0])
    footer.add_paragraph(f"{document.footer[1]}　　", style="Bulletin Note")
    last = list(footer.part.element.iter(qn("w:p")))[-1]
    for name, before in (("PAGE", None), ("NUMPAGES", " / ")):
        if before:
            last.append(_run(before))
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), name)
        field.append(_run("1"))
        last.append(field)


def _run(text: str) -> BaseOxmlElement:
    run, said = OxmlElement("w:r"), OxmlElement("w:t")
    said.text = text
    said.set(qn("xml:space"), "preserve")
    run.append(said)
    return run


def _fixed(paper: WordDocument) -> bytes:
    """The archive with the same date on every file, in the same order."""
    made, fixed = io.BytesIO(), io.BytesIO()
    paper.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_DATE), source.read(name), zipfile.ZIP_DEFLATED)
    return fixed.getvalue()
