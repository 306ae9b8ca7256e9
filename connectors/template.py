"""Files that are handed in: the insurer's own layout, the hub's template in whichever form a spreadsheet saved it, or JSON.

A drop folder's files follow the insurer's definition and nothing else. For a file that is handed in, encoding and
delimiter are read off the file (UTF-8 is checked, not assumed; the delimiter is the one that the header holds), and the
layout is the first one whose columns are all there (the definition's, canonical names, Chinese names), else the one
that knows most of them. Who fills in the template may leave out optional columns: nothing was agreed on them. JSON is a
list of records, or an object whose ``records`` is one; an empty list says that there is nothing to tell.
"""

from __future__ import annotations

import codecs
import dataclasses
import pathlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from connectors.mapping import source_names
from connectors.model import ColumnSource, Delimiter, Encoding, InsurerDefinition, RecordMapping, SourceFormat, Use
from connectors.parse.archive import ARCHIVE_MARK, OLE_MARK
from connectors.parse.reasons import refuse
from schemas.contract import OCCASIONAL_RECORD_TYPES, REGISTER_RECORD_TYPES, Contract, Kind, load_contract

HEADER_BYTES = 1 << 16
DELIMITERS: tuple[Delimiter, ...] = ("\t", ";", "|", ",")
_HEADER_SEARCH_LINES = 30
#: Where the records stand in a JSON object that is handed in.
RECORDS = "records"
_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*([\[{])")
_SEPARATOR_LINE = re.compile(rb'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """How to read one batch: its format, and the layouts that may apply, in the order of preference."""

    source: SourceFormat
    layouts: tuple[RecordMapping, ...]

    @property
    def expected(self) -> dict[str, Use]:
        """Source columns of every layout, and what each is read for: they find a header below title rows."""
        uses: dict[str, Use] = {}
        for layout in reversed(self.layouts):
            uses |= _uses(layout)
        return uses

    def layout(self, columns: Collection[str]) -> RecordMapping:
        """The first layout whose columns are all among ``columns``, else the one that knows most of them."""
        for layout in self.layouts:
            if source_names(layout) <= set(columns):
                return layout
        return max(self.layouts, key=lambda layout: len(source_names(layout) & set(columns)))


def reading(definition: InsurerDefinition, contract: Contract, channel: str, paths: Sequence[pathlib.Path]) -> Reading:
    """How the payloads of one batch are read; ``channel`` submit reads the layout off the file.

    Raises UnreadableFile (FILE-060) for a record type that the sender's definition does not name; what is sent on
    occasion any insurer may hand in, in the hub's template.
    """
    own = definition.records.get(contract.record_type)
    if own is None and channel == "submit" and paths and _is_occasional(definition, contract):
        return Reading(_source_of(definition, paths[0]), _templates(contract))
    if own is None:
        raise refuse("FILE-060", "", f"{definition.name}: {contract.business_name}")
    if channel != "submit" or not paths:
        return Reading(dataclasses.replace(definition.source_format, nesting=own.within), (own,))
    source = _source_of(definition, paths[0])
    templates = _templates(contract)
    if source.kind != definition.source_format.kind:
        return Reading(source, templates)
    is_template = any(own.columns == template.columns for template in templates)
    return Reading(source, (dataclasses.replace(own, may_lack_optional=is_template), *templates))


def _is_occasional(definition: InsurerDefinition, contract: Contract) -> bool:
    return contract.record_type in OCCASIONAL_RECORD_TYPES and not set(definition.records) & set(REGISTER_RECORD_TYPES)


def _templates(contract: Contract) -> tuple[RecordMapping, ...]:
    return named_after(contract, canonical=True), named_after(contract, canonical=False)


def named_after(contract: Contract, *, canonical: bool) -> RecordMapping:
    """The hub's template of a record type: columns are called by canonical names, or by Chinese business names."""
    columns = {f.name: ColumnSource(f.name if canonical else f.business_name) for f in contract.fields}
    return RecordMapping(contract.record_type, "", columns, {}, may_lack_optional=True)


def _source_of(definition: InsurerDefinition, path: pathlib.Path) -> SourceFormat:
    with path.open("rb") as file:
        head = file.read(HEADER_BYTES)
    own = definition.source_format
    if mark := _JSON.match(head):
        return SourceFormat(kind="json", items_path=RECORDS if mark[1] == b"{" else "")
    if head.startswith((ARCHIVE_MARK, OLE_MARK)):
        return own if own.kind == "xlsx" else SourceFormat(kind="xlsx")
    encoding: Encoding = "utf-8" if _is_utf8(head) else "gb18030"
    given = own if own.kind == "csv" else SourceFormat(kind="csv")
    return dataclasses.replace(given, encoding=encoding, delimiter=_delimiter(head))


def _delimiter(head: bytes) -> Delimiter:
    """The mark that a ``sep=`` line names, else the one that divides one of the first lines into most parts."""
    if given := _SEPARATOR_LINE.match(head.removeprefix(codecs.BOM_UTF8)):
        return next(mark for mark in DELIMITERS if mark.encode() == given[1])
    lines = head.split(b"\n", _HEADER_SEARCH_LINES)[:_HEADER_SEARCH_LINES]
    first = next((line for line in lines if line.strip()), b"")
    marks = [mark for mark in DELIMITERS if mark.encode() in first]
    return max(marks or DELIMITERS, key=lambda mark: max(line.count(mark.encode()) for line in lines))


_USES: dict[Kind, Use] = {
    "text": "text",
    **dict.fromkeys(("date", "timestamp"), "date"),
    **dict.fromkeys(("amount", "decimal", "count"), "number"),
    "ratio": "ratio",
}


def _uses(layout: RecordMapping) -> dict[str, Use]:
    """What each source column of a layout is read for; what has a lookup is read as a code."""
    fields = load_contract(layout.record_type).by_name
    return {
        column.source: "key"
        if column.lookup
        else "ratio"
        if column.unit == "百分比"
        else _USES.get(fields[name].kind, "key")
        for name, column in layout.columns.items()
        if column.source
    }


def _is_utf8(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-8, or was but for a few cells: then the refusal names the first of them."""
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    lost = decoded.count("\ufffd")
    return not lost or sum("一" <= character <= "鿿" for character in decoded) > lost
