"""Files that a person hands in or drops: landed with what they declare, before their rows are looked at."""

from __future__ import annotations

import logging
import pathlib
from dataclasses import dataclass
from typing import Any

from connectors.drop import Drop, find_drops
from connectors.model import InsurerDefinition
from connectors.parse.reasons import refuse
from connectors.replacing import BadReplacement, replacement_of_text
from pipeline.collecting.declaring import with_control_sheet
from pipeline.hub import Hub
from quality.messages import refusals
from schemas.contract import load_contract
from schemas.delivery import Control, Delivery, PayloadFile, Submitter
from schemas.errors import FileChanging, SetupError, TellInsurer
from warehouse.landing import feeds, receipts


@dataclass(frozen=True)
class Beside:
    """What is said beside a file that is handed in.

    ``replaces`` ``all`` or ``2026-10-01..2026-10-31``: what the file does not hold is withdrawn. ``declared``: its totals,
    beside those that its own control sheet says. ``name``: as its sender calls it, where the path does not.
    ``submitter``: the account that hands it in at the front door.
    """

    replaces: str | None = None
    declared: Control | None = None
    name: str | None = None
    submitter: Submitter | None = None


logger = logging.getLogger(__name__)

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".json": "application/json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def submit(
    hub: Hub, insurer_id: str, record_type: str, path: pathlib.Path, beside: Beside | None = None
) -> receipts.Landed:
    """Land one file that a person hands in, as a drop would; the receipt comes before its rows are looked at.

    Raises UnreadableFile (FILE-063), nothing lands then, and KeyUsedOtherwise.
    """
    return _land_declared(hub, handed_in(hub, insurer_id, record_type, path, beside or Beside()))


def handed_in(hub: Hub, insurer_id: str, record_type: str, path: pathlib.Path, beside: Beside) -> Delivery:
    """A file that a person hands in, as a delivery. Raises UnreadableFile (FILE-063) for what it cannot replace."""
    definition = hub.definition(insurer_id)
    load_contract(record_type)
    try:
        scope = replacement_of_text(beside.replaces, record_type) if beside.replaces is not None else None
    except BadReplacement as error:
        raise refuse("FILE-063", "", str(error)) from error
    payload = _payload(path, beside.name or path.name)
    return Delivery(
        insurer_id, record_type, "submit", hub.sure_now(), (payload,), control=beside.declared,
        **judged_by(hub, definition), replaces=scope, submitter=beside.submitter,
    )  # fmt: skip


def dropped(hub: Hub, definition: InsurerDefinition) -> list[Drop]:
    """The files in a sender's drop folder. Raises SetupError for a share that is not mounted or cannot be read: not "none"."""
    folder = hub.settings.drop_folder / definition.insurer_id
    try:
        hub.settings.require_drop_folder()
        return find_drops(definition, folder)
    except OSError as error:
        raise SetupError(
            f"投递目录 {folder} 无法读取 cannot be read: {error.strerror}: mend the mount or its rights"
        ) from error


def land_drops(hub: Hub) -> None:
    """Land what was dropped by everybody whose definition can be used. Raises as ``dropped``."""
    for definition in hub.insurers.values():
        if definition.channel == "drop":
            for drop in dropped(hub, definition):
                land_drop(hub, definition, drop)


def land_drop(hub: Hub, definition: InsurerDefinition, drop: Drop) -> list[int]:
    """Land a dropped file unless this very file has a receipt that answers it still, or somebody still writes it."""
    payload = _payload(drop.path, drop.name)
    delivery = Delivery(
        insurer_id=definition.insurer_id,
        record_type=drop.record_type,
        channel="drop",
        received_at=hub.now(),
        payloads=(payload,),
        control=drop.control,
        **judged_by(hub, definition),
        replaces=drop.replaces,
    )
    try:
        refusal = refusals(hub.rules.words, drop.refusal)[0] if drop.refusal else None
        if feeds.has_receipt(hub.engine, delivery, refusal.message if refusal else None):
            return []
        if refusal is None:
            return [_land_declared(hub, delivery).batch_id]
        return [receipts.refuse(hub.engine, hub.store, delivery, refusal).batch_id]
    except FileChanging as error:
        logger.warning("%s: %s; it is left for the next look", definition.insurer_id, error)
        return []


def judged_by(hub: Hub, definition: InsurerDefinition) -> dict[str, Any]:
    """What judges a delivery that lands now, for its receipt."""
    return {"definition_digest": definition.digest, "ruleset_version": hub.rules.version}


def _land_declared(hub: Hub, delivery: Delivery) -> receipts.Landed:
    """Land a file with the totals that its own control sheet declares; one that cannot be understood is refused."""
    try:
        told = with_control_sheet(delivery)
    except TellInsurer as refusal:
        return receipts.refuse(hub.engine, hub.store, delivery, refusals(hub.rules.words, refusal)[0])
    return receipts.land(hub.engine, hub.store, told)


def _payload(path: pathlib.Path, name: str) -> PayloadFile:
    return PayloadFile(name, MEDIA_TYPES.get(pathlib.PurePath(name).suffix.lower(), "application/octet-stream"), path)
