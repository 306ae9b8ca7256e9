"""Taking what an account hands in, by a page or by the API: landed with its receipt before anybody looks inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from connectors.control_sheet import declared
from connectors.replacing import BadReplacement, replacement_of_text
from pipeline.collecting.files import Beside, submit
from portal.door import Door
from portal.problems import Problem
from portal.submissions.receiving import Arrived
from portal.submissions.trying import Trying
from portal.submissions.words import record_name
from schemas.contract import REGISTER_RECORD_TYPES, load_contract, load_contracts
from schemas.delivery import Control, Submitter
from schemas.errors import TellInsurer
from warehouse.landing.receipts import Landed


@dataclass(frozen=True)
class Said:
    """What is said of a file beside it: its record type, totals, and what it replaces (``all``, two days, or nothing)."""

    record_type: str
    control: Control | None = None
    replaces: str | None = None


def offered(door: Door, insurer_id: str) -> list[str]:
    """Record types that an insurer may hand in, in the order of the contracts."""
    own = door.hub.insurers[insurer_id].records if insurer_id in door.hub.insurers else {}
    return [
        name for name, contract in load_contracts().items()
        if name in own or (contract.is_occasional and name not in REGISTER_RECORD_TYPES)
    ]  # fmt: skip


def said_of(door: Door, insurer_id: str, texts: Mapping[str, str]) -> Said:
    """What a form or a query says of its files. Raises Problem REQUEST-INVALID: what is wrong, and what is offered."""
    record_type = texts.get("record_type", "")
    possible = offered(door, insurer_id)
    if record_type not in possible:
        names = "、".join(f"{record_name(name, 'zh')}({name})" for name in possible)
        raise Problem("REQUEST-INVALID", f"record_type: 请选择数据类型 choose one of: {names}")
    return Said(record_type, _control(record_type, texts), _replaces(record_type, texts))


def take(door: Door, submitter: Submitter, insurer_id: str, said: Said, file: Arrived) -> Landed:
    """Land a file with its receipt. Raises HubError; nothing lands then."""
    beside = Beside(said.replaces, said.control, file.name, submitter)
    return submit(door.hub, insurer_id, said.record_type, file.path, beside)


def trying(insurer_id: str, said: Said, file: Arrived) -> Trying:
    """What a trial is asked of a file."""
    return Trying(insurer_id, said.record_type, str(file.path), file.name, said.control, said.replaces)


def _control(record_type: str, texts: Mapping[str, str]) -> Control | None:
    rows, amount = texts.get("row_count", "").strip() or None, texts.get("amount", "").strip() or None
    try:
        return declared(load_contract(record_type), rows, amount)
    except TellInsurer as refusal:
        raise Problem("REQUEST-INVALID", f"{refusal.where}: {refusal.found}") from None


def _replaces(record_type: str, texts: Mapping[str, str]) -> str | None:
    scope = texts.get("replaces", "").strip()
    if scope == "window":
        scope = f"{texts.get('replaces_from', '').strip()}..{texts.get('replaces_to', '').strip()}"
    if not scope:
        return None
    try:
        replacement_of_text(scope, record_type)
    except BadReplacement as error:
        raise Problem("REQUEST-INVALID", f"replaces: {error}") from None
    return scope
