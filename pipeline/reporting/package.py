"""The zip of a workbook taken over part by part: what is not touched comes over as it is, new parts are told of."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from connectors.parse.limits import Limits
from connectors.parse.workbook import links_of, main_part
from pipeline.reporting.xml_pieces import Element, Unpatchable, appended, attribute, edited, elements, prefix_of

CONTENT_TYPES = "[Content_Types].xml"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_SMALL_BYTES = 64 << 20
_KINDS = {
    "worksheet": "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    "styles": "application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml",
    "comments": "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml",
    "vmlDrawing": "application/vnd.openxmlformats-officedocument.vmlDrawing",
}
Written = Callable[[], Iterable[bytes]]
"""Makes the bytes of a part when its turn has come: what it says may depend on parts before it."""


@dataclass
class Package:
    """A workbook, and what is to be other in its copy."""

    archive: zipfile.ZipFile
    limits: Limits
    parts: dict[str, Written] = field(default_factory=dict)
    """Part -> its new bytes, in the order in which they are made; all of them after the parts that stay."""
    _types: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._names = {name.lower(): name for name in self.archive.namelist()}
        self.book = main_part(self.archive, self.limits)

    def read(self, part: str) -> bytes:
        """The bytes of a small part. Raises Unpatchable."""
        if part not in self.archive.NameToInfo or self.archive.getinfo(part).file_size > _SMALL_BYTES:
            raise Unpatchable(f"{part} 缺失或过大")
        return self.archive.read(part)

    def linked(self, part: str, kind: str) -> str | None:
        """The part of a kind that a part leads to."""
        if self.relations_part(part) not in self.archive.NameToInfo:
            return None
        return next((to for of, to in links_of(self.archive, part, self.limits).values() if of == kind), None)

    def free(self, form: str) -> str:
        """A part's name that nothing has yet, by a form such as ``xl/comments{}.xml``; a form without number is that name.

        Raises Unpatchable when a name without number is taken.
        """
        if "{}" not in form and form.lower() in self._names:
            raise Unpatchable(f"{form} 无法识别")
        number = 1
        while form.format(number).lower() in self._names:
            number += 1
        self._names[form.format(number).lower()] = form.format(number)
        return form.format(number)

    def relations_part(self, part: str) -> str:
        """Where the relationships of a part stand."""
        folder, name = posixpath.split(part)
        wanted = f"{folder}/_rels/{name}.rels"
        return self._names.get(wanted.lower(), wanted)

    @property
    def is_strict(self) -> bool:
        """Whether the workbook is written in the strict form of the standard."""
        return b"http://purl.oclc.org/ooxml/spreadsheetml/main" in self.read(self.book)[:4096]

    def link(self, part: str, kinds: dict[str, str]) -> dict[str, str]:
        """Make a part lead to new ones (kind -> part), tell of their types, and return kind -> relationship id."""
        where = self.relations_part(part)
        has_any = where in self.archive.NameToInfo
        content = self.read(where) if has_any else _no_relations()
        found = elements(content, where, {"Relationships", "Relationship"})
        taken = {each.attributes.get("Id") for each in found}
        ids = dict(zip(kinds, (name for n in range(1, 1 << 20) if (name := f"rIdAnze{n}") not in taken), strict=False))
        base = STRICT_RELATIONS if self.is_strict else RELATIONS
        root = _root(found, where)
        p = prefix_of(content[root.start :])
        new = b"".join(
            b"<" + p + b"Relationship Id=" + attribute(ids[kind]) + b" Type=" + attribute(f"{base}/{kind}")
            + b" Target=" + attribute(f"/{to}") + b"/>"
            for kind, to in kinds.items()
        )  # fmt: skip
        made = edited(content, appended(content, root, new))
        self.parts[where] = lambda: (made,)
        self._types |= {to: _KINDS[kind] for kind, to in kinds.items()}
        return ids

    def write(self, target: zipfile.ZipFile) -> None:
        """Write the copy: types first, then what stays, in its order, then what is new or other. Raises Unpatchable."""
        types = self._names[CONTENT_TYPES.lower()]
        _write(target, self.archive.getinfo(types), (self._content_types(self.read(types)),))
        for entry in self.archive.infolist():
            if entry.filename != types and entry.filename not in self.parts:
                _write(target, entry, self._pieces(entry))
        for part, made in self.parts.items():
            entry = self.archive.NameToInfo.get(part) or zipfile.ZipInfo(part)
            _write(target, entry, made())

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        with self.archive.open(entry) as stream:
            while piece := stream.read(1 << 20):
                yield piece

    def _content_types(self, content: bytes) -> bytes:
        found = elements(content, CONTENT_TYPES, {f"{_TYPES} Types", f"{_TYPES} Override"})
        known = {each.attributes.get("PartName", "").lower() for each in found}
        root = _root(found, CONTENT_TYPES)
        p = prefix_of(content[root.start :])
        new = b"".join(
            b"<" + p + b"Override PartName=" + attribute(f"/{part}") + b" ContentType=" + attribute(kind) + b"/>"
            for part, kind in self._types.items()
            if f"/{part}".lower() not in known
        )
        return edited(content, appended(content, root, new))


def _write(target: zipfile.ZipFile, entry: zipfile.ZipInfo, pieces: Iterable[bytes]) -> None:
    made = zipfile.ZipInfo(entry.filename, entry.date_time)
    made.external_attr, made.compress_type = entry.external_attr, zipfile.ZIP_DEFLATED
    with target.open(made, "w", force_zip64=entry.file_size > 1 << 29) as stream:
        for piece in pieces:
            stream.write(piece)


def _root(found: list[Element], part: str) -> Element:
    root = next((each for each in found if each.depth == 0), None)
    if root is None:
        raise Unpatchable(f"{part} 无法识别")
    return root


def _no_relations() -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships xmlns="{_PACKAGE}"></Relationships>'.encode()
