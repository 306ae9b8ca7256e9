"""The sender's own workbook returned: wrong cells coloured and commented, a list of all problems added, the rest as it was.

The sheet's XML is changed as a stream inside the zip, so that formats, drop-downs, widths, names and other sheets keep
their bytes. What cannot be changed safely is left: without comments, else with the list alone, and the list says so.
"""

from __future__ import annotations

import pathlib
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO, BinaryIO, Literal

from connectors.parse.archive import open_archive
from connectors.parse.choosing import PROBLEMS_SHEET
from connectors.parse.limits import Limits
from connectors.parse.markup import BROKEN_ZIP
from connectors.parse.workbook import Sheet, links_of, list_sheets
from pipeline.reporting import list_sheet, marking
from pipeline.reporting.cells import Marked, Wish, patched_sheet
from pipeline.reporting.comments import MOST_COMMENTS, Comments, Place, drawing
from pipeline.reporting.list_sheet import COLUMNS, Listing, cells_of, room
from pipeline.reporting.marking import Outcome, Returned
from pipeline.reporting.package import RELATIONS, STRICT_RELATIONS, Package, Written
from pipeline.reporting.problems import Problem, Report
from pipeline.reporting.styles import PART as STYLES_PART
from pipeline.reporting.styles import PLAIN, Styles
from pipeline.reporting.tables import Target, opened, write_xlsx_sheets
from pipeline.reporting.xml_pieces import Unpatchable, appended, attribute, edited, elements, prefix_of
from schemas.errors import TellInsurer

_LEGACY = re.compile(rb"<(?:[\w.-]+:)?legacyDrawing\s[^>]*?\b[\w.-]+:id\s*=\s*[\"']([^\"']+)[\"']")
_STRICT_SPREADSHEET = "http://purl.oclc.org/ooxml/spreadsheetml/main"
_NOTE_LINES = 8
Level = Literal["comments", "colours", "list"]
_LEVELS: tuple[Level, ...] = ("comments", "colours", "list")


def return_workbook(
    original: pathlib.Path, report: Report, target: Target, *, file_no: int = 1, limits: Limits | None = None
) -> Returned:
    """Write the copy of one file (from 1) of a batch with its problems; of an unreadable one a workbook that only lists.

    Raises FileExistsError for a path that is taken.
    """
    problems, bounds, reasons = report.of_file(file_no), limits or Limits(), list[str]()
    with opened(target) as file:
        for level in _LEVELS:
            try:
                attempt = _Return(report.batch_id, problems, level, tuple(reasons))
                return attempt.write(original, file, bounds)
            except Unpatchable as error:
                reasons.append(str(error))
            except (TellInsurer, *BROKEN_ZIP):
                reasons.append("原文件无法打开")
                break
        return list_alone(report.batch_id, problems, file, reasons)


def list_alone(batch_id: int, problems: list[Problem], target: Target, reasons: list[str]) -> Returned:
    """Write a workbook that holds the list and nothing of the sender's file."""
    shown = problems[: room(0)]
    told = marking.notes(batch_id, problems, len(shown), Outcome(is_listed_only=True, reasons=dict.fromkeys(reasons)))
    lines = [cells_of(number, each) for number, each in enumerate(shown, start=1)]
    write_xlsx_sheets(target, {PROBLEMS_SHEET: (COLUMNS, lines), "说明": (("说明",), [(note,) for note in told])})
    return Returned(len(problems), len(shown), 0, 0, tuple(told), is_annotated=False)


@dataclass
class _Sheet:
    """One sheet that is marked: its problems by place, and what became of them."""

    placed: dict[Place, list[Problem]]
    told: Marked = field(default_factory=Marked)
    comments: Comments | None = None
    made: dict[Place, str] | None = None


@dataclass
class _Return:
    """One try at one level."""

    batch_id: int
    problems: list[Problem]
    level: Level
    reasons: tuple[str, ...]
    sheets: list[_Sheet] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_list_replaced: bool = False

    def write(self, original: pathlib.Path, target: BinaryIO, limits: Limits) -> Returned:
        """Write the copy, once it is whole. Raises Unpatchable, and TellInsurer for what the hub does not open at all."""
        with tempfile.TemporaryFile() as made:
            self._make(original, made, limits)
            made.seek(0)
            shutil.copyfileobj(made, target, 1 << 20)
        listed = min(len(self.problems), room(_NOTE_LINES))
        outcome = self._outcome()
        is_annotated = self.level != "list"
        return Returned(len(self.problems), listed, outcome.marked, outcome.commented, tuple(self.notes), is_annotated)

    def _make(self, original: pathlib.Path, made: IO[bytes], limits: Limits) -> None:
        with original.open("rb") as stream, open_archive(stream, limits) as archive:
            package = Package(archive, limits)
            self._plan(package, list_sheets(archive, limits))
            with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as copy:
                package.write(copy)

    def _plan(self, package: Package, sheets: tuple[Sheet, ...]) -> None:
        if self.level == "comments" and package.is_strict:
            raise Unpatchable("文件为严格 OOXML 格式")
        former = next((sheet for sheet in sheets if sheet.name == PROBLEMS_SHEET), None)
        self.is_list_replaced = former is not None
        new = {} if former else {"worksheet": package.free("xl/worksheets/sheet{}.xml")}
        styles = None
        if self.level != "list":
            part = package.linked(package.book, "styles")
            if part is None and package.is_strict:
                raise Unpatchable("没有样式表")
            styles = Styles(PLAIN if part is None else package.read(part))
            if part is None:
                part = new["styles"] = package.free(STYLES_PART)
            self._plan_sheets(package, [sheet for sheet in sheets if sheet is not former], styles)
            formats = styles.listing()
            package.parts[part] = lambda: (styles.patched(),)
        names = frozenset(sheet.name for sheet in sheets)
        listing = former.part if former else new["worksheet"]
        package.parts[listing] = lambda: self._list(package, names, formats if styles else (0, 0, 0))
        ids = package.link(package.book, new) if new else {}
        if "worksheet" in ids:
            book = _with_sheet(package, ids["worksheet"])
            package.parts[package.book] = lambda: (book,)

    def _plan_sheets(self, package: Package, sheets: list[Sheet], styles: Styles) -> None:
        placed = marking.by_sheet(self.problems)
        for sheet in sheets:
            if sheet.name in placed or styles.earlier:
                self._plan_sheet(package, sheet, styles, _Sheet(dict(placed.get(sheet.name, {}))))

    def _plan_sheet(self, package: Package, sheet: Sheet, styles: Styles, mine: _Sheet) -> None:
        self.sheets.append(mine)
        drawn, later = self._plan_comments(package, sheet.part, mine)
        wish = Wish(marking.marks(mine.placed), drawn)
        package.parts[sheet.part] = lambda: patched_sheet(
            package.archive, sheet.part, package.limits, styles, wish, mine.told
        )
        package.parts |= later

    def _plan_comments(self, package: Package, part: str, mine: _Sheet) -> tuple[str | None, dict[str, Written]]:
        """The relationship of a sheet's drawing if that is a new one, and the parts to make when its rows were read."""
        old = package.linked(part, "comments")
        if self.level != "comments" or (old is None and not mine.placed):
            return None, {}
        drawing_id = _drawing_id(package, part)
        links = links_of(package.archive, part, package.limits) if drawing_id else {}
        box = links[drawing_id][1] if drawing_id in links else None
        comments = mine.comments = Comments(package.read(old) if old else None, old or "")
        boxes = package.read(box) if box else None
        new = {} if old else {"comments": package.free("xl/comments{}.xml")}
        if box is None:
            new["vmlDrawing"] = package.free("xl/drawings/vmlDrawing{}.vml")
        list(drawing(boxes, {}, comments))
        ids = package.link(part, new) if new else {}
        texts, boxed = old or new["comments"], box or new["vmlDrawing"]
        return ids.get("vmlDrawing"), {
            texts: lambda: comments.written(self._texts(mine)),
            boxed: lambda: drawing(boxes, self._texts(mine), comments),
        }

    def _texts(self, mine: _Sheet) -> dict[Place, str]:
        """The comments of a sheet, once its rows have been read; all sheets together stay within the limit."""
        if mine.made is None and mine.comments is not None:
            spent = sum(len(each.made or ()) for each in self.sheets)
            kept = sum(len(each.comments.kept) for each in self.sheets if each.comments)
            found = marking.texts(mine.placed, mine.told.rows, MOST_COMMENTS - spent - kept)
            threads = mine.comments.threads
            mine.made = {p: text for p, text in found.items() if p in mine.told.cells and p not in threads}
        return mine.made or {}

    def _outcome(self) -> Outcome:
        shown = sum(self._shown(each) for each in self.sheets)
        return Outcome(
            marked=sum(len(each.told.cells) for each in self.sheets),
            commented=sum(len(each.made or ()) for each in self.sheets),
            unplaced=len(self.problems) - shown,
            is_listed_only=self.level == "list",
            reasons=dict.fromkeys(self.reasons),
            is_list_replaced=self.is_list_replaced,
            has_comments=self.level == "comments",
        )

    def _shown(self, mine: _Sheet) -> int:
        """How many problems of a sheet stand at a cell of it."""
        rows, cells = mine.told.rows, mine.told.cells
        return sum(
            len(problems)
            for (row, column), problems in mine.placed.items()
            if (row, rows.get(row, column) if column < 0 else column) in cells
        )

    def _list(self, package: Package, names: frozenset[str], formats: tuple[int, int, int]) -> Iterator[bytes]:
        shown = self.problems[: room(_NOTE_LINES)]
        self.notes = marking.notes(self.batch_id, self.problems, len(shown), self._outcome())
        namespace = _STRICT_SPREADSHEET if package.is_strict else list_sheet.SPREADSHEET
        return list_sheet.written(Listing(self.notes, shown, names, formats, namespace))


def _drawing_id(package: Package, part: str) -> str | None:
    """The relationship of the drawing of a sheet's comments, looked for without reading its cells."""
    held = b""
    with package.archive.open(part) as stream:
        while piece := stream.read(1 << 20):
            held = held[-4096:] + piece
            if b"legacyDrawing" in held and (found := _LEGACY.search(held)):
                return found[1].decode()
    return None


def _with_sheet(package: Package, relation: str) -> bytes:
    """The workbook's own part with the list of problems as its last sheet. Raises Unpatchable."""
    content = package.read(package.book)
    found = elements(content, package.book, {"sheets", "sheet"})
    sheets = next((each for each in found if each.name == "sheets" and not each.is_empty), None)
    numbers = [each.attributes.get("sheetId", "") for each in found if each.name == "sheet"]
    if sheets is None or not all(number.isdigit() for number in numbers):
        raise Unpatchable("工作簿目录无法识别")
    base = STRICT_RELATIONS if package.is_strict else RELATIONS
    tag = b"<" + prefix_of(content[sheets.start :]) + b"sheet name=" + attribute(PROBLEMS_SHEET)
    number = attribute(str(max(map(int, numbers), default=0) + 1))
    new = tag + b" sheetId=" + number + b" xmlns:r=" + attribute(base) + b" r:id=" + attribute(relation) + b"/>"
    return edited(content, appended(content, sheets, new))
