"""What a sender declares of a file, put together: the control file beside it or the command's options, and its own sheet."""

from __future__ import annotations

from dataclasses import replace

from connectors.control_sheet import agreed, read_control_sheet
from schemas.contract import load_contracts
from schemas.delivery import Delivery, PayloadFile


def with_control_sheet(delivery: Delivery) -> Delivery:
    """A delivery of one file with what the control sheet of its workbook declares, too.

    Raises UnreadableFile (FILE-091) for a sheet that cannot be understood or contradicts what was declared beside it.
    """
    contract = load_contracts().get(delivery.record_type)
    file = delivery.payloads[0] if len(delivery.payloads) == 1 else None
    if contract is None or not isinstance(file, PayloadFile):
        return delivery
    return replace(delivery, control=agreed(delivery.control, read_control_sheet(file.path, contract)))
