"""A bulletin as files: the same bytes each time, the same tables in PDF and DOCX."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import docx
import pytest
import typst

from portal.bulletin.document import compose
from portal.bulletin.fonts import choose
from portal.bulletin.making import MEDIA_TYPES, make
from portal.bulletin.pdf import compiler
from schemas.errors import SetupError
from tests.portal.bulletin.conftest import Reading

NAMES = ("bulletin_province", "bulletin_city", "bulletin_company")


@pytest.mark.parametrize("kind", MEDIA_TYPES)
@pytest.mark.parametrize("name", NAMES)
def test_the_same_month_gives_the_same_bytes(bulletin_of: Reading, name: str, kind: str) -> None:
    once, again = bulletin_of(name), bulletin_of(name)
    assert make(once, kind) == make(again, kind)
    assert make(once, kind, "en") == make(again, kind, "en")
    assert make(once, kind) != make(bulletin_of(name, revision_no=0), kind)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_pages_hold_the_tables(bulletin_of: Reading, name: str, language: str) -> None:
    document = compose(bulletin_of(name), language)
    bodies = json.loads(compiler(document).query("figure", field="body"))
    for table, body in zip(document.tables, bodies, strict=True):
        cells = [label for column in table.columns for label in column.label.split("\n")]
        cells += [line for row in table.rows for cell in row for line in cell.split("\n")]
        texts = "".join(_texts(body))
        assert texts.replace(" ", "") == ("".join(cells) + table.note).replace(" ", "")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", NAMES)
def test_an_office_opens_the_same_tables(bulletin_of: Reading, name: str, language: str) -> None:
    bulletin = bulletin_of(name)
    document = compose(bulletin, language)
    paper = docx.Document(io.BytesIO(make(bulletin, "docx", language)))
    found = [table for table in paper.tables if table.style and table.style.name == "Bulletin Table"]
    for table, written in zip(document.tables, found, strict=True):
        head, *rows = [[cell.text for cell in row.cells] for row in written.rows]
        assert head == [column.label for column in table.columns]
        assert rows == [list(row) for row in table.rows]
    texts = {paragraph.text for paragraph in paper.paragraphs}
    assert {block.text for block in document.blocks if hasattr(block, "text")} <= texts
    assert len(paper.inline_shapes) == len(document.charts)
    created = paper.core_properties.created
    assert created
    assert created.timestamp() == int(bulletin.edition.frozen_at.timestamp())


def test_a_pdf_is_made_to_be_kept(bulletin_of: Reading) -> None:
    made = make(bulletin_of("bulletin_city"), "pdf")
    assert made.startswith(b"%PDF-1.7")
    assert b"<pdfaid:part>2</pdfaid:part>" in made.replace(b"\n", b"")
    assert b"2026-11-10" in made


def test_a_machine_without_chinese_says_what_to_install() -> None:
    latin = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)
    with pytest.raises(SetupError, match="apt-get install fonts-noto-cjk"):
        choose(latin, ("Noto Serif SC", "Noto Sans SC"))


def test_a_kind_that_is_none_is_refused(bulletin_of: Reading) -> None:
    with pytest.raises(KeyError):
        make(bulletin_of("bulletin_city"), "xlsx")


def _texts(node: Any) -> Iterator[str]:
    """Texts of what typst set, in their order."""
    if isinstance(node, list):
        for each in node:
            yield from _texts(each)
    elif isinstance(node, dict):
        if node.get("func") == "text":
            yield node["text"]
        for name in ("children", "child", "body"):
            yield from _texts(node.get(name))
