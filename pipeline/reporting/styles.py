"""Formats of cells in a returned workbook: a wrong cell keeps its own format, and only its fill is another."""

from __future__ import annotations

import re

from pipeline.reporting.xml_pieces import (
    Edit,
    Element,
    Unpatchable,
    appended,
    edited,
    elements,
    prefix_of,
    tag_end,
    with_attributes,
)

#: Red for what is held, yellow for what is to be looked at; values that nobody else is likely to use show our own later.
COLOURS = {"error": "FFFFC7C3", "warning": "FFFFEB9A"}
HEADER_COLOUR, LINK_COLOUR = "FFD9E2F3", "FF0563C1"
MOST_FORMATS = 64_000
PART = "xl/styles.xml"
#: Styles of a workbook that brings none.
PLAIN = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b'<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill '
    b'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders>'
    b'<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="1"><xf '
    b'numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" '
    b'xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
_FILL = re.compile(rb"|".join(colour.encode() for colour in COLOURS.values()))


class Styles:
    """The formats of one workbook, to which coloured copies are added as they are asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        found = elements(content, PART, {"fonts", "fills", "cellXfs", "font", "fill", "xf"})
        self._lists = {each.name: each for each in found if each.depth == 1}
        if not {"fonts", "fills", "cellXfs"} <= self._lists.keys():
            raise Unpatchable("样式表不完整")
        self._formats = [content[each.start : each.stop] for each in self._in("cellXfs", "xf", found)]
        if not self._formats:
            raise Unpatchable("样式表不完整")
        fills = self._in("fills", "fill", found)
        self._fonts, self._fills = len(self._in("fonts", "font", found)), len(fills)
        ours = {str(n) for n, fill in enumerate(fills) if _FILL.search(content[fill.start : fill.stop])}
        self._prefix = prefix_of(content[self._lists["cellXfs"].start :])
        self._made: dict[tuple[int, str], int] = {}
        self._added: list[bytes] = []
        self.earlier = self._earlier(ours)
        """Formats that a former return of this workbook coloured -> the format as it was before."""

    def coloured(self, style: int, severity: str) -> int:
        """The number of a format like ``style`` with the fill of a severity. Raises Unpatchable."""
        base = self.earlier.get(style, style)
        every = [*self._formats, *self._added] if base >= len(self._formats) else self._formats
        if base >= len(every):
            raise Unpatchable(f"没有单元格样式 {base}")
        key = base, severity
        if key not in self._made:
            fill = self._fills + list(COLOURS).index(severity)
            self._made[key] = self._add(_with(every[base], {"fillId": str(fill), "applyFill": "1"}))
        return self._made[key]

    def listing(self) -> tuple[int, int, int]:
        """Numbers of the formats of the list of problems: header, text, link."""
        p, fill, font = self._prefix, self._fills + len(COLOURS), self._fonts
        form = '<%sxf numFmtId="49" fontId="%d" fillId="%d" borderId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyAlignment="1"><%salignment vertical="top" wrapText="1"/></%sxf>'
        name = p.decode()
        made = [form % (name, at, of, name, name) for at, of in ((0, fill), (0, 0), (font, 0))]
        header, body, link = (self._add(each.encode()) for each in made)
        return header, body, link

    def patched(self) -> bytes:
        """The part with what was added."""
        p = self._prefix.decode()
        colours = [*COLOURS.values(), HEADER_COLOUR]
        solid = '<{0}fill><{0}patternFill patternType="solid"><{0}fgColor rgb="{1}"/><{0}bgColor indexed="64"/></{0}patternFill></{0}fill>'
        fills = "".join(solid.format(p, colour) for colour in colours).encode()
        font = (
            f'<{p}font><{p}u/><{p}sz val="11"/><{p}color rgb="{LINK_COLOUR}"/><{p}name val="宋体"/></{p}font>'.encode()
        )
        edits: list[Edit] = []
        for name, children, count in (
            ("fonts", font, self._fonts + 1),
            ("fills", fills, self._fills + len(colours)),
            ("cellXfs", b"".join(self._added), len(self._formats) + len(self._added)),
        ):
            edits += appended(self._content, self._lists[name], children, count)
        return edited(self._content, sorted(edits))

    def _in(self, parent: str, name: str, found: list[Element]) -> list[Element]:
        within = self._lists[parent]
        return [e for e in found if e.name == name and e.depth == 2 and within.inner <= e.start < within.end]

    def _add(self, form: bytes) -> int:
        self._added.append(form)
        number = len(self._formats) + len(self._added) - 1
        if number >= MOST_FORMATS:
            raise Unpatchable("单元格样式过多")
        return number

    def _earlier(self, ours: set[str]) -> dict[int, int]:
        if not ours:
            return {}
        plain: dict[bytes, int] = {}
        coloured: dict[int, bytes] = {}
        for number, form in enumerate(self._formats):
            bare = b" ".join(_with(form, {"fillId": None, "applyFill": None}).replace(b"/>", b" />").split())
            if _fill_of(form) in ours:
                coloured[number] = bare
            else:
                plain.setdefault(bare, number)
        return {number: plain[bare] if bare in plain else self._cleared(number) for number, bare in coloured.items()}

    def _cleared(self, number: int) -> int:
        """A format without fill for one whose origin is not found."""
        return self._add(_with(self._formats[number], {"fillId": "0", "applyFill": None}))


def _with(form: bytes, values: dict[str, str | None]) -> bytes:
    end = tag_end(form, 0)
    return with_attributes(form[:end], values) + form[end:]


def _fill_of(form: bytes) -> str:
    found = re.search(rb"""\sfillId\s*=\s*["'](\d+)["']""", form[: tag_end(form, 0)])
    return found[1].decode() if found else "0"
