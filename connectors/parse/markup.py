"""XML of a workbook's parts through expat, a piece at a time: no document type, no entities, names without prefixes."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from connectors.parse.limits import Limits
from connectors.parse.reasons import refuse

_PIECE_BYTES = 1 << 16
_NAMESPACES = (
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main ",
    "http://purl.oclc.org/ooxml/spreadsheetml/main ",
    "http://schemas.openxmlformats.org/package/2006/relationships ",
)
"""Transitional and strict SpreadsheetML, and the relationships of a package, as expat writes them before a name."""
BROKEN_ZIP = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError)
"""What the zip library raises for content that is not what its directory says."""

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]


def local_name(name: str) -> str:
    """Name of an element of a workbook without its namespace; an element of another vocabulary keeps it."""
    for namespace in _NAMESPACES:
        if name.startswith(namespace):
            return name[len(namespace) :]
    return name


def names(*wanted: str) -> dict[str, str]:
    """Qualified name, in each namespace of workbooks -> local name: one look for a hot handler."""
    return {namespace + name: name for namespace in _NAMESPACES for name in wanted}


def make_parser(part: str) -> expat.XMLParserType:
    """A parser that knows namespaces and refuses document types (FILE-025)."""

    def doctype(*_: object) -> None:
        raise refuse("FILE-025", part)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.buffer_size = _PIECE_BYTES
    parser.StartDoctypeDeclHandler = doctype
    return parser


def fed(parser: expat.XMLParserType, archive: zipfile.ZipFile, part: str, limits: Limits) -> Iterator[None]:
    """Feed a part to its parser; a turn after every piece, so that the caller takes what its handlers gathered.

    Raises UnreadableFile (FILE-020, 024).
    """
    size = 0
    if part not in archive.NameToInfo:
        raise refuse("FILE-020", part, "缺少该部分")
    try:
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE_BYTES):
                size += len(piece)
                if size > limits.unpacked_bytes:
                    raise refuse("FILE-024", part, f"超过 {limits.unpacked_bytes} 字节")
                parser.Parse(piece, False)
                yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise refuse("FILE-020", part, f"XML 第 {error.lineno} 行有误") from error
    except BROKEN_ZIP as error:
        raise refuse("FILE-020", part, "压缩内容损坏") from error


def walk(archive: zipfile.ZipFile, part: str, limits: Limits, start: Start) -> None:
    """Call ``start`` with local name and attributes of every element of a small part. Raises as ``fed``."""
    parser = make_parser(part)
    parser.StartElementHandler = lambda name, attributes: start(local_name(name), attributes)
    for _ in fed(parser, archive, part, limits):
        pass
