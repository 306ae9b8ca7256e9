"""``anze batch compare A B``: two deliveries side by side; and what changed since the one before, for ``batch show``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.cli.arguments import BatchId
from pipeline.cli.output import AsJson, print_json, print_table, stdout

if TYPE_CHECKING:
    import sqlalchemy as sa

    from pipeline.judging.comparing import Comparison
    from warehouse.landing.comparing import Side

SHOWN_DIFFERENCES = 12


def compare(batch_a: BatchId, batch_b: BatchId, as_json: AsJson = False) -> None:
    """Compare two deliveries of one record type: rows, amounts, fill rates, and keys that only one of them holds."""
    from pipeline.hub import open_hub
    from pipeline.judging import comparing

    found = comparing.compare(open_hub(), batch_a, batch_b)
    if as_json:
        print_json(found)
        return
    columns = ("", f"批次 batch {batch_a}", f"批次 batch {batch_b}")
    print_table(columns, _books(found), right=(1, 2))
    print_table(columns, _fill_rates(found.a, found.b), "\n填写率 filled", right=(1, 2))
    print_table(columns, _sums(found.a, found.b), "\n合计 sums", right=(1, 2))
    for label, count, examples in (
        ("两批都有 in both", found.keys_in_both, ()),
        (f"仅在 only in {batch_a}", found.keys_only_in_a, found.examples_only_in_a),
        (f"仅在 only in {batch_b}", found.keys_only_in_b, found.examples_only_in_b),
    ):
        keys = f": {'、'.join(examples)}{'…' if count > len(examples) else ''}" if examples else ""
        stdout.print(f"主键 keys {label} {count}{keys}", soft_wrap=True)
    show_differences(found.differences)


def show_change(engine: sa.Engine, batch_id: int) -> None:
    """Print what changed since the last comparable delivery; nothing for a batch without profile or predecessor."""
    from warehouse.landing import comparing

    earlier = comparing.before(engine, batch_id)
    if earlier is not None:
        told = comparing.differences(comparing.side(engine, earlier), comparing.side(engine, batch_id))
        show_differences(told, f"与上次同类报送(批次 {earlier})相比 since batch {earlier}")


def show_differences(told: Sequence[str], title: str = "不同 differences") -> None:
    """Print differences in words, the first so many."""
    shown = list(told[:SHOWN_DIFFERENCES])
    rest = f";另有{len(told) - len(shown)}处" if len(told) > len(shown) else ""
    stdout.print(f"{title}: {';'.join(shown) or '无 none'}{rest}", soft_wrap=True)


def _books(found: Comparison) -> list[tuple[object, ...]]:
    names = {
        "received_at": "接收 received at",
        "declared_row_count": "申报行 declared rows",
        "row_count": "行 rows",
        "loaded_count": "入库 loaded",
        "held_count": "隔离 held",
        "declared_amount": "申报金额 declared amount",
        "landed_amount": "收到金额 landed amount",
        "loaded_amount": "入库金额 loaded amount",
    }
    return [(label, getattr(found.a, name), getattr(found.b, name)) for name, label in names.items()]


def _fill_rates(a: Side, b: Side) -> list[tuple[object, ...]]:
    from warehouse.landing import comparing

    return [(_label(b, name), _pct(a, name), _pct(b, name)) for name in comparing.fields(a, b)]


def _sums(a: Side, b: Side) -> list[tuple[object, ...]]:
    from warehouse.landing import comparing

    rows = [(name, a.columns.get(name), b.columns.get(name)) for name in comparing.fields(a, b)]
    return [
        (_label(b, name), one and one.amount_sum, other and other.amount_sum)
        for name, one, other in rows
        if any(column is not None and column.amount_sum is not None for column in (one, other))
    ]


def _label(side: Side, name: str) -> str:
    from schemas.contract import load_contract

    return f"{load_contract(side.record_type).by_name[name].business_name} {name}"


def _pct(side: Side, name: str) -> str:
    share = side.filled_pct(name)
    if share is None:
        return "—"
    is_constant = name in side.columns and side.columns[name].is_constant and side.columns[name].filled_count > 1
    return f"{share}%{' =' if is_constant else ''}"
