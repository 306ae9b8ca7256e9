"""The page and the styles of a bulletin in DOCX: who edits it changes a style, not every paragraph."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from portal.bulletin.blocks import Document

#: Between the margins of A4.
WIDTH_MM = 158.0
_SERIF, _SANS = ("Times New Roman", "宋体"), ("Arial", "黑体")
_INK, _GREY = RGBColor(0x1B, 0x24, 0x31), RGBColor(0x56, 0x62, 0x7A)
_LEFT, _CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT


@dataclass(frozen=True)
class _Look:
    """How a paragraph looks; sizes and spaces in points, fonts for Latin and Chinese."""

    size: float
    fonts: tuple[str, str] = _SERIF
    align: WD_ALIGN_PARAGRAPH = _LEFT
    color: RGBColor = _INK
    before: float = 0
    after: float = 0
    spacing: float = 1.15
    keep: bool = False
    line: str | None = None


_LOOKS = {
    "Normal": _Look(12, spacing=1.5),
    "Body Text": _Look(12, spacing=1.5, align=WD_ALIGN_PARAGRAPH.JUSTIFY),
    "Title": _Look(22, align=_CENTER, after=6),
    "Subtitle": _Look(16, align=_CENTER, after=6),
    "Heading 1": _Look(14, _SANS, before=14, after=6, spacing=1.5, keep=True),
    "Bulletin Facts": _Look(10.5, _SANS, _CENTER, _GREY, after=12, line="bottom"),
    "Bulletin Caption": _Look(10, _SANS, _CENTER, before=10, after=4, keep=True),
    "Bulletin Text": _Look(9, before=1.5, after=1.5),
    "Bulletin Number": _Look(9, align=_RIGHT, before=1.5, after=1.5),
    "Bulletin Text Head": _Look(8.5, _SANS, before=1.5, after=1.5, keep=True),
    "Bulletin Number Head": _Look(8.5, _SANS, _RIGHT, before=1.5, after=1.5, keep=True),
    "Bulletin Note": _Look(8, color=_GREY, before=2, after=6),
    "Bulletin Footer": _Look(7.5, _SANS, color=_GREY, before=2, line="top"),
}


def lay_out(paper: WordDocument, document: Document) -> None:
    """Set page, styles and properties; dates are those of the document."""
    section = paper.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(30), Mm(30)
    section.left_margin, section.right_margin = Mm(27), Mm(25)
    for name, look in _LOOKS.items():
        _style(paper, name, look)
    if document.language == "zh":
        paper.styles["Body Text"].paragraph_format.first_line_indent = Pt(24)
    _table_style(paper)
    _properties(paper, document)


def _properties(paper: WordDocument, document: Document) -> None:
    moment = document.moment.astimezone(dt.UTC).replace(tzinfo=None, microsecond=0)
    core = paper.core_properties
    core.created = core.modified = moment
    core.title, core.author = document.title + document.subtitle, document.author
    core.last_modified_by, core.comments, core.revision = document.author, "", 1
    core.language = "zh-CN" if document.language == "zh" else "en-GB"


def _style(paper: WordDocument, name: str, look: _Look) -> None:
    known = {style.name for style in paper.styles}
    style = paper.styles[name] if name in known else paper.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    assert isinstance(style, ParagraphStyle)
    font, place = style.font, style.paragraph_format
    font.size, font.bold, font.italic, font.color.rgb = Pt(look.size), False, False, look.color
    font.name = look.fonts[0]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), look.fonts[1])
    place.alignment, place.line_spacing, place.keep_with_next = look.align, look.spacing, look.keep
    place.space_before, place.space_after = Pt(look.before), Pt(look.after)
    _border(style, look.line)


def _border(style: ParagraphStyle, side: str | None) -> None:
    """One line at a side, or none, whatever the template says."""
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:pBdr")):
        properties.remove(old)
    if side is not None:
        borders = OxmlElement("w:pBdr")
        borders.append(_line(side, "6", "1B2431"))
        properties.insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")


def _table_style(paper: WordDocument) -> None:
    """Lines above and below, thin ones between the rows."""
    style = paper.styles.add_style("Bulletin Table", WD_STYLE_TYPE.TABLE)
    properties, borders = OxmlElement("w:tblPr"), OxmlElement("w:tblBorders")
    for side, size, color in (("top", "8", "1B2431"), ("bottom", "8", "1B2431"), ("insideH", "2", "C3CAD6")):
        borders.append(_line(side, size, color))
    properties.append(borders)
    style.element.append(properties)


def _line(side: str, size: str, color: str) -> BaseOxmlElement:
    line = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", size), ("space", "1"), ("color", color)):
        line.set(qn(f"w:{name}"), value)
    return line
