"""Comments of a sheet: what the sender wrote stays, what a former return of the workbook said goes, ours come in.

A comment has two halves: its text in a part of its own, and its box in a drawing of an old kind (VML), which is no proper
XML with every program that writes it; there we look at bytes only.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from connectors.parse.rows import column_letter
from connectors.parse.sheet import column_index
from pipeline.reporting.xml_pieces import Edit, Element, Unpatchable, appended, edited, elements, prefix_of, text

AUTHOR = "报送平台核验"
#: What a spreadsheet still opens in reasonable time; the list of problems has them all.
MOST_COMMENTS = 65_536
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: 警告 was the word for 提示: workbooks with it are still on clerks' desks.
_OURS = re.compile(r"\s*【(错误|提示|警告)】[A-Z]+-")
_SHAPE = re.compile(rb"<v:shape\b[^>]*>.*?</v:shape>\s*", re.DOTALL)
_SHAPE_ID = re.compile(rb"_x0000_s(\d+)")
_SHAPE_AT = re.compile(rb"<x:Row>\s*(\d+)\s*</x:Row>\s*<x:Column>\s*(\d+)\s*</x:Column>")
_REFERENCE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_WIDTH_CHARACTERS, _LINE_POINTS, _MOST_LINES = 26, 14, 24
_BLOCK = 1024
"""Shapes are numbered in blocks of so many."""
Place = tuple[int, int]
"""Row (1-based) and column (0-based)."""


@dataclass(frozen=True)
class _Comment:
    start: int
    stop: int
    text_end: int
    place: Place
    is_ours: bool
    is_thread: bool
    our_runs: tuple[tuple[int, int], ...]
    """What a former return wrote below a text of others: first and last byte (excluded)."""


class Comments:
    """The comments that a sheet has. Raises Unpatchable for a part that cannot be changed safely."""

    def __init__(self, content: bytes | None, part: str) -> None:
        self._content = content or _empty()
        found = elements(
            self._content, part, {"comments", "authors", "author", "commentList", "comment", "text", "r", "t"}
        )
        lists = {each.name: each for each in found if each.name in {"authors", "commentList"}}
        if lists.keys() != {"authors", "commentList"}:
            raise Unpatchable("原有批注无法识别")
        self._authors, self._list = lists["authors"], lists["commentList"]
        authors = [self._content[e.inner : e.end].decode() for e in found if e.name == "author"]
        self._author_count = len(authors)
        starts = [each.start for each in found]
        self._comments = [
            _comment(self._content, each, found[at + 1 : bisect.bisect_left(starts, each.stop)], authors)
            for at, each in enumerate(found)
            if each.name == "comment"
        ]

        self.kept = frozenset(each.place for each in self._comments if not each.is_ours)
        """Cells with a comment of others."""
        self.dropped = frozenset(each.place for each in self._comments if each.is_ours)
        """Cells whose comment a former return wrote."""

    @property
    def threads(self) -> frozenset[Place]:
        """Cells with a conversation, whose text is not ours to change."""
        return frozenset(each.place for each in self._comments if each.is_thread)

    def written(self, texts: Mapping[Place, str]) -> Iterator[bytes]:
        """The part with a comment for each text; a cell that has a comment of others gets it below theirs."""
        p = prefix_of(self._content[self._list.start :]).decode()
        edits: list[Edit] = []
        for each in self._comments:
            if each.is_ours:
                edits.append((each.start, each.stop, b""))
                continue
            edits += [(start, stop, b"") for start, stop in each.our_runs]
            if each.place in texts:
                edits.append((each.text_end, each.text_end, _run(p, "\n\n" + texts[each.place])))
        author = f"<{p}author>{AUTHOR}</{p}author>".encode()
        head = edited(self._content[: self._list.start], appended(self._content, self._authors, author))
        begin, stop = self._list.start, self._list.end
        if self._list.is_empty:
            yield head + self._content[begin : self._list.inner - 2].rstrip() + b">"
        else:
            moved = [(a - begin, b - begin, new) for a, b, new in sorted(edits)]
            yield head + edited(self._content[begin:stop], moved)
        for place, told in texts.items():
            if place not in self.kept:
                yield self._new(p, place, told)
        yield f"</{p}commentList>".encode() if self._list.is_empty else b""
        yield self._content[stop:]

    def _new(self, p: str, place: Place, told: str) -> bytes:
        reference = f"{column_letter(place[1])}{place[0]}"
        begin = f'<{p}comment ref="{reference}" authorId="{self._author_count}"><{p}text>'
        return begin.encode() + _run(p, told) + f"</{p}text></{p}comment>".encode()


def _run(p: str, told: str) -> bytes:
    begin = f'<{p}r><{p}rPr><{p}sz val="9"/></{p}rPr><{p}t xml:space="preserve">'
    return begin.encode() + text(told) + f"</{p}t></{p}r>".encode()


def _comment(content: bytes, comment: Element, inside: list[Element], authors: list[str]) -> _Comment:
    reference = _REFERENCE.fullmatch(comment.attributes.get("ref", ""))
    texts = [e for e in inside if e.name == "text"]
    if reference is None or len(texts) != 1 or texts[0].is_empty:
        raise Unpatchable("原有批注无法识别")
    number = comment.attributes.get("authorId", "")
    author = authors[int(number)] if number.isdigit() and int(number) < len(authors) else ""
    said = [(e, content[e.inner : e.end].decode()) for e in inside if e.name == "t"]
    ours = [e for e, told in said if _OURS.match(told)]
    runs = [e for e in inside if e.name == "r" and any(e.start < t.start < e.stop for t in ours)]
    is_ours = author == AUTHOR or _OURS.match("".join(told for _, told in said)) is not None
    return _Comment(
        comment.start, comment.stop, texts[0].end, (int(reference[2]), column_index(reference[1])), is_ours,
        author.startswith("tc="), tuple((e.start, e.stop) for e in runs),
    )  # fmt: skip


def drawing(content: bytes | None, texts: Mapping[Place, str], comments: Comments) -> Iterator[bytes]:
    """The drawing of the boxes, with one for each text whose cell had none. Raises Unpatchable."""
    old = content or _empty_drawing()
    cut = old.rfind(b"</xml>")
    if cut < 0 or not all(b"xmlns:" + prefix in old for prefix in (b"v=", b"o=", b"x=")):
        raise Unpatchable("原有批注的图形无法识别")
    head = _SHAPE.sub(lambda found: b"" if _place_of(found[0]) in comments.dropped else found[0], old[:cut])
    used = [int(number) for number in _SHAPE_ID.findall(head)]
    first = (max(used, default=0) // _BLOCK + 1) * _BLOCK
    new = [place for place in texts if place not in comments.kept]
    yield _with_blocks(head, range(first // _BLOCK, (first + len(new)) // _BLOCK + 1) if new else ())
    if b"_x0000_t202" not in head:
        yield _SHAPE_TYPE
    for number, place in enumerate(new, start=first + 1):
        yield _box(number, place, texts[place])
    yield old[cut:]


def _with_blocks(head: bytes, blocks: Iterable[int]) -> bytes:
    """The drawing's list of blocks of numbers with ours."""
    more = ",".join(map(str, blocks)).encode()

    def added(found: re.Match[bytes]) -> bytes:
        return found[1] + b",".join(part for part in (found[2], more) if part) + found[3]

    return re.sub(rb"""(<o:idmap\b[^>]*\bdata=["'])([\d,]*)(["'])""", added, head, count=1)


def _place_of(shape: bytes) -> Place | None:
    found = _SHAPE_AT.search(shape)
    return (int(found[1]) + 1, int(found[2])) if found else None


def _box(number: int, place: Place, told: str) -> bytes:
    lines = sum(max(1, -(-len(line) // _WIDTH_CHARACTERS)) for line in told.splitlines())
    height = min(lines + 1, _MOST_LINES) * _LINE_POINTS
    row, column = place[0] - 1, place[1]
    rows = max(2, height // 15 + 1)
    anchor = f"{column + 1}, 15, {max(row - 1, 0)}, 4, {column + 5}, 15, {max(row - 1, 0) + rows}, 4"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;'
        f'width:240pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto">'
        '<v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/>'
        '<v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox>'
        f'<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{anchor}</x:Anchor>'
        f"<x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
    ).encode()


_SHAPE_TYPE = (
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    b'<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>'
)


def _empty_drawing() -> bytes:
    return (
        b'<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" '
        b'xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data=""/>'
        b"</o:shapelayout></xml>"
    )


def _empty() -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<comments xmlns="{MAIN}"><authors/><commentList/></comments>'
    ).encode()
