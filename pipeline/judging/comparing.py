"""Two deliveries, key by key: their landed bytes are read again, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from connectors import mapping
from connectors.chunks import read_chunks
from pipeline.hub import Hub
from quality.cast import cast
from schemas.contract import load_contract
from schemas.errors import SetupError
from warehouse.landing import comparing, receipts
from warehouse.landing.comparing import Side
from warehouse.loading.staging import record_keys

EXAMPLES = 5


@dataclass(frozen=True)
class Comparison:
    """Deliveries ``a`` and ``b`` of one record type: profiles, what differs in words, and natural keys."""

    a: Side
    b: Side
    differences: tuple[str, ...]
    keys_in_both: int
    keys_only_in_a: int
    keys_only_in_b: int
    examples_only_in_a: tuple[str, ...]
    examples_only_in_b: tuple[str, ...]


def compare(hub: Hub, a: int, b: int) -> Comparison:
    """Compare two loaded batches. Raises SetupError for batches of two record types, NotFound for one without profile."""
    one, other = comparing.side(hub.engine, a), comparing.side(hub.engine, b)
    if one.record_type != other.record_type:
        raise SetupError(f"batch {a} holds {one.record_type}, batch {b} {other.record_type}: compare one record type")
    in_a, in_b = keys_of(hub, a), keys_of(hub, b)
    only_a, only_b = sorted(in_a - in_b), sorted(in_b - in_a)
    return Comparison(
        one, other, tuple(comparing.differences(one, other)), len(in_a & in_b), len(only_a), len(only_b),
        tuple(only_a[:EXAMPLES]), tuple(only_b[:EXAMPLES]),
    )  # fmt: skip


def keys_of(hub: Hub, batch_id: int) -> set[str]:
    """Natural keys of a landed batch, by the definition of today. Raises TellInsurer for bytes it cannot read."""
    batch = receipts.read_batch(hub.engine, batch_id)
    contract, definition = load_contract(batch.record_type), hub.definition(batch.insurer_id)
    found: set[str] = set()
    with receipts.lent(hub.engine, hub.store, batch_id) as parts:
        for chunk in read_chunks(definition, contract, batch.channel, [part.path for part in parts]):
            canonical: pa.Table = cast(mapping.apply(chunk.rows, chunk.layout, contract).table, contract).table
            found.update(key for key in record_keys(canonical, contract.key).to_pylist() if key is not None)
    return found
