"""Files that a person or a script put into an insurer's drop folder. Finding and reading never move or delete them.

Names: ``<record_type>_<YYYYMMDD>[anything].<csv|xlsx>``; beside it may stand ``<file>.control.json``, such as
``{"row_count": 120, "amount_field": "written_premium_amount", "amount": "98000.00"}``. With ``"replaces": "all"``, or
``{"from": "2026-10-01", "to": "2026-10-31"}``, what the file does not hold is withdrawn.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import logging
import pathlib
import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from connectors.model import InsurerDefinition
from connectors.parse.reasons import refuse
from connectors.replacing import BadReplacement, replacement
from schemas.contract import RECORD_TYPES, load_contract
from schemas.delivery import Control, Replacement
from schemas.errors import TellInsurer

logger = logging.getLogger(__name__)

CONTROL_SUFFIX = ".control.json"
CONTROL_BYTES = 10_000
#: The record type of a file that is refused: what it holds is not guessed.
UNKNOWN = "unknown"
_NAME = re.compile(r"(?P<record_type>[a-z_]+)_(?P<day>\d{8})(?:[\w .()-]{0,100})?\.(?i:csv|xlsx)")
_UNFINISHED = re.compile(r"[.~].*|.*\.(?i:tmp|temp|part|partial|crdownload|swp|lock)")
_CONTROL_KEYS = {"row_count", "amount_field", "amount", "replaces"}


@dataclass(frozen=True)
class Drop:
    """One dropped file; ``control`` and ``replaces`` are what its sender declared beside it, or the definition of all.

    ``refusal`` tells why it cannot be taken as it stands; its record type is then ``unknown``, so that the same bytes
    under a right name, or beside a mended control file, are no duplicate of the refused ones.
    """

    record_type: str
    path: pathlib.Path
    control: Control | None = None
    refusal: TellInsurer | None = None
    replaces: Replacement | None = None

    @property
    def name(self) -> str:
        """The file's name for receipts and screens: what cannot be shown, or is no UTF-8, is escaped."""
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in self.path.name)


class BadControl(ValueError):
    """Raised when a control file is no such file, with the problem in Chinese; its drop is refused until it is mended."""


def find_drops(definition: InsurerDefinition, folder: pathlib.Path) -> list[Drop]:
    """The files of ``folder``, parents' types first, then by day and name, refused ones last.

    A wrong name, a type that the insurer does not send, or a faulty control file is a refusal. Left alone are links
    (with a warning in the log) and hidden or unfinished files; one that somebody still writes is told by landing it.
    """
    found = [_drop(definition, path) for path in _regular_files(folder)]
    order = [*definition.records, UNKNOWN]
    return sorted(found, key=lambda drop: (order.index(drop.record_type), _day(drop), drop.path.name))


def read_control(path: pathlib.Path, record_type: str) -> tuple[Control | None, Replacement | None]:
    """What the sender declared of ``path`` in its control file; (None, None) without one. Raises BadControl."""
    sidecar = path.with_name(path.name + CONTROL_SUFFIX)
    if sidecar.is_symlink() or not sidecar.is_file():
        return None, None
    if sidecar.stat().st_size > CONTROL_BYTES:
        raise BadControl(f"超过 {CONTROL_BYTES} 字节")
    try:
        said = json.loads(sidecar.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadControl("不是 UTF-8 编码的 JSON") from error
    if not isinstance(said, dict) or not said or set(said) - _CONTROL_KEYS:
        raise BadControl("没有约定的键,或含有其他键")
    return Control(_row_count(said), *_amount(said, record_type)), _replaces(said, record_type)


def _regular_files(folder: pathlib.Path) -> list[pathlib.Path]:
    if not folder.is_dir():
        return []
    return sorted(
        path
        for path in folder.iterdir()
        if not path.name.endswith(CONTROL_SUFFIX) and not _UNFINISHED.fullmatch(path.name) and _is_regular(path)
    )


def _is_regular(path: pathlib.Path) -> bool:
    if path.is_symlink():
        _tell_link(path)
        return False
    return path.is_file()


@functools.lru_cache(maxsize=1_000)
def _tell_link(path: pathlib.Path) -> None:
    """Warn once of a link, however often its folder is looked through."""
    logger.warning("%s: %a is a link and is left alone", path.parent.name, path.name)


def _drop(definition: InsurerDefinition, path: pathlib.Path) -> Drop:
    match = _NAME.fullmatch(path.name)
    if not match or match["record_type"] not in RECORD_TYPES or not _is_day(match["day"]):
        return _refused(path, "FILE-061")
    if match["record_type"] not in definition.records:
        return _refused(path, "FILE-060", match["record_type"])
    try:
        control, replaces = read_control(path, match["record_type"])
        if replaces is None and definition.records[match["record_type"]].replaces:
            replaces = Replacement()
        return Drop(match["record_type"], path, control, replaces=replaces)
    except BadControl as error:
        return _refused(path, "FILE-062", str(error))


def _refused(path: pathlib.Path, code: str, found: str = "") -> Drop:
    drop = Drop(UNKNOWN, path)
    return replace(drop, refusal=refuse(code, drop.name, found))


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return False
    return True


def _day(drop: Drop) -> str:
    match = _NAME.fullmatch(drop.path.name)
    return match["day"] if match else ""


def _row_count(said: dict[str, Any]) -> int | None:
    count = said.get("row_count")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
        raise BadControl("row_count 不是非负整数")
    return count


def _replaces(said: dict[str, Any], record_type: str) -> Replacement | None:
    try:
        return replacement(said["replaces"], record_type) if "replaces" in said else None
    except BadReplacement as error:
        raise BadControl(str(error)) from error


def _amount(said: dict[str, Any], record_type: str) -> tuple[str | None, Decimal | None]:
    name, text = said.get("amount_field"), said.get("amount")
    if name is None and text is None:
        return None, None
    field = load_contract(record_type).by_name.get(name) if isinstance(name, str) else None
    if field is None or field.kind != "amount" or not isinstance(text, str):
        raise BadControl('amount_field 不是金额字段,或 amount 不是 "98000.00" 这样的文本')
    try:
        amount = Decimal(text)
    except InvalidOperation as error:
        raise BadControl("amount 不是数字") from error
    if not amount.is_finite():
        raise BadControl("amount 不是数字")
    return name, amount
