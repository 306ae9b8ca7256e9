"""The ledger of one installation: its head kept outside the database, and the check against what was kept."""

from __future__ import annotations

import logging
import pathlib

from pipeline.hub import Hub
from schemas.errors import SetupError
from warehouse.landing import kept_heads, ledger
from warehouse.landing.ledger import Walk
from warehouse.landing.store import Store

logger = logging.getLogger(__name__)


def keep_head(hub: Hub) -> pathlib.Path | None:
    """Keep the head in the file of today, where it is not the last there; None where the ledger is empty.

    Raises SetupError when the file cannot be written.
    """
    head = ledger.head(hub.engine)
    if head.position == 0:
        return None
    return kept_heads.keep(hub.settings.ledger_folder, head.position, head.hash, hub.now())


def try_to_keep_head(hub: Hub) -> None:
    """Keep the head as a step's last act: what the step did stands, whatever the disk says."""
    try:
        keep_head(hub)
    except SetupError as error:
        logger.error("存证链头未能留存 %s", error)  # noqa: TRY400 - the message says all


def check(hub: Hub, since: int = 1, store: Store | None = None) -> Walk:
    """Walk the ledger from an entry on, against the tables, the heads kept outside, and the files of ``store``.

    Raises NotFound, and SetupError for a file of heads that cannot be read.
    """
    kept = kept_heads.read(hub.settings.ledger_folder)
    return ledger.walk(hub.engine, store, kept, since)
