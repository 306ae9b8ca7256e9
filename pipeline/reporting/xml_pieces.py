"""XML changed where it must be and kept byte for byte elsewhere: expat says where an element stands, we cut there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from connectors.parse.markup import local_name, make_parser

Edit = tuple[int, int, bytes]
"""First and last byte (excluded) that go, and what comes instead; in ascending order."""
TAG = re.compile(rb"""<(?:[^>"']++|"[^"]*+"|'[^']*+')*+>""")
_ATTRIBUTE = re.compile(rb"""([^\s=/>"']+)\s*=\s*("[^"]*"|'[^']*')""")
_NAME = re.compile(rb"<((?:[^\s:/>]+:)?)([^\s:/>]+)")
_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_UNFIT = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")


class Unpatchable(Exception):
    """Raised when a part of a workbook is written in a way that no change is safe in; ``str()`` of it says why in Chinese."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where one element stands in its part, in bytes; ``inner`` to ``end`` is its content."""

    name: str
    attributes: Mapping[str, str]
    start: int
    inner: int
    end: int
    stop: int
    is_empty: bool
    depth: int


def elements(content: bytes, part: str, wanted: Collection[str]) -> list[Element]:
    """Elements of a small part by local name, in the order of their start tags. Raises Unpatchable, TellInsurer (FILE-025)."""
    refuse_encoding(content)
    found: list[Element] = []
    opened: list[tuple[str, Mapping[str, str], int]] = []
    parser = make_parser(part)

    def start(name: str, attributes: Mapping[str, str]) -> None:
        opened.append((local_name(name), attributes, parser.CurrentByteIndex))

    def end(_: str) -> None:
        name, attributes, at = opened.pop()
        if name in wanted:
            found.append(_element(content, (name, attributes, at), parser.CurrentByteIndex, len(opened)))

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise Unpatchable(f"{part} 的 XML 有误") from error
    return sorted(found, key=lambda element: element.start)


def _element(content: bytes, told: tuple[str, Mapping[str, str], int], end: int, depth: int) -> Element:
    name, attributes, at = told
    inner = tag_end(content, at)
    if content[inner - 2 : inner] == b"/>":
        return Element(name, attributes, at, inner, inner, inner, True, depth)
    return Element(name, attributes, at, inner, end, content.index(b">", end) + 1, False, depth)


def refuse_encoding(beginning: bytes) -> None:
    """Raise Unpatchable for a part that is not UTF-8: what we add would be other characters there."""
    told = _ENCODING.match(beginning)
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")) or (
        told and told[1].lower() not in {b"utf-8", b"us-ascii"}
    ):
        raise Unpatchable("工作簿内部文件不是 UTF-8 编码")


def tag_end(content: bytes | bytearray, start: int) -> int:
    """Position behind the tag that begins at ``start``. Raises Unpatchable."""
    found = TAG.match(content, start)
    if found is None:
        raise Unpatchable("工作簿内部文件的标签无法识别")
    return found.end()


def prefix_of(tag: bytes) -> bytes:
    """The prefix of a tag's name with its colon, or nothing."""
    found = _NAME.match(tag)
    return found[1] if found else b""


def with_attributes(tag: bytes, values: Mapping[str, str | None]) -> bytes:
    """A start tag with attributes set, or taken away where the value is None; the others stay as they are written."""
    left = {name.encode(): value for name, value in values.items()}

    def changed(found: re.Match[bytes]) -> bytes:
        if found[1] not in left:
            return found[0]
        value = left.pop(found[1])
        return b"" if value is None else found[1] + b"=" + attribute(value)

    made = _ATTRIBUTE.sub(changed, tag)
    more = b"".join(b" " + name + b"=" + attribute(value) for name, value in left.items() if value is not None)
    cut = len(made) - (2 if made.endswith(b"/>") else 1)
    return made[:cut].rstrip() + more + made[cut:]


def edited(content: bytes, edits: Iterable[Edit]) -> bytes:
    """Content with its edits made."""
    parts, at = [], 0
    for start, stop, new in edits:
        parts += [content[at:start], new]
        at = stop
    return b"".join([*parts, content[at:]])


def appended(content: bytes, element: Element, children: bytes, count: int | None = None) -> list[Edit]:
    """The edits that put children at the end of an element; ``count``: the new value of its attribute of that name."""
    tag = content[element.start : element.inner]
    if count is not None and "count" in element.attributes:
        tag = with_attributes(tag, {"count": str(count)})
    if not element.is_empty:
        return [(element.start, element.inner, tag), (element.end, element.end, children)]
    found = _NAME.match(tag)
    name = found[1] + found[2] if found else b""
    return [(element.start, element.stop, tag[:-2].rstrip() + b">" + children + b"</" + name + b">")]


def attribute(value: str) -> bytes:
    """A quoted attribute's value."""
    return quoteattr(fit(value), {"\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}).encode()


def text(value: str) -> bytes:
    """Text of a cell or comment as XML: what XML cannot hold is written out, ``_x0041_`` stays what it is."""
    return escape(_ESCAPED.sub(r"_x005F_\1", fit(value))).replace("\r", "&#13;").encode()


def fit(value: str) -> str:
    """A text with each character that XML cannot hold written out, as ``<U+0000>``."""
    return _UNFIT.sub(lambda found: f"<U+{ord(found[0]):04X}>", value)
