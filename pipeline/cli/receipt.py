"""What a person reads of one batch: its receipt, findings, held rows with every reason, and what to do next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.cli.comparing import show_change
from pipeline.cli.output import fields_of, green, print_json, print_table, red, stdout, yellow

if TYPE_CHECKING:
    import sqlalchemy as sa

    from warehouse.landing.batches import BatchView, FindingCount, QuarantinedRow, Receipt, ReceivedPart

STATES = {
    "received": "已接收 received",
    "stuck": red("无法判定 cannot be judged"),
    "awaiting": yellow("待决定 awaiting a decision"),
    "loaded": green("已入库 loaded"),
    "partly_loaded": yellow("部分入库 partly loaded"),
    "rejected": red("已退回 rejected"),
    "duplicate": yellow("重复 duplicate"),
}
COUNTS = {
    "接收 received": "received_count",
    "入库 accepted": "accepted_count",
    "隔离 held": "quarantined_count",
    "重复 duplicate": "duplicate_count",
    "旧版 superseded": "superseded_count",
}
SHOWN_ROWS, SHOWN_FILES = 20, 3


def show_batch(engine: sa.Engine, batch_id: int, as_json: bool, limit: int = SHOWN_ROWS) -> Receipt:
    """Print one batch and give its receipt."""
    from warehouse.landing import batches

    view = batches.show_batch(engine, batch_id)
    rows = batches.quarantined_rows(engine, batch_id, limit=limit)
    if as_json:
        print_json({**_plain(view), "held_rows": rows})
        return view.receipt
    _show_receipt(view.receipt, view.files)
    _show_findings(view.findings)
    _show_quarantined(rows, view.receipt)
    show_change(engine, batch_id)
    stdout.print(f"下一步 next: {view.receipt.next_action}", soft_wrap=True)
    return view.receipt


def counts(receipt: Receipt) -> tuple[int | None, ...]:
    """The receipt's books: received, accepted, held, duplicate, superseded."""
    return tuple(getattr(receipt, name) for name in COUNTS.values())


def moment(at: dt.datetime) -> str:
    """A moment in Shanghai's time, to the second."""
    from schemas.time_zone import SHANGHAI

    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def _show_receipt(receipt: Receipt, files: Sequence[ReceivedPart]) -> None:
    stdout.print(f"批次 batch {receipt.batch_id}: {receipt.insurer_id} {receipt.record_type} ({receipt.channel})")
    stdout.print(f"接收于 received {moment(receipt.received_at)} 北京时间 ({_utc(receipt.received_at)})")
    _show_files(files)
    duplicate_of = f" → {receipt.duplicate_of}" if receipt.duplicate_of else ""
    stdout.print("状态 state: ", STATES[receipt.state], duplicate_of, sep="")
    if receipt.again_of:
        stdout.print(f"再次判定 judged again: 首次接收为批次 first received as batch {receipt.again_of}")
    _show_replacing(receipt)
    if receipt.received_count is not None:
        told = (f"{name} {count}" for name, count in zip(COUNTS, counts(receipt), strict=True))
        stdout.print(f"行数 rows: {', '.join(told)}")
    _show_declared(receipt)
    if receipt.reason_code:
        stdout.print(f"原因 reason: {receipt.reason_code} {receipt.reason_text}", soft_wrap=True)


def _show_files(files: Sequence[ReceivedPart]) -> None:
    for file in files[:SHOWN_FILES]:
        stdout.print(f"文件 file: {file.name}, {file.size_bytes:,} 字节 bytes", soft_wrap=True)
        stdout.print(f"  SHA-256 {file.sha256}", soft_wrap=True)
    if len(files) > SHOWN_FILES:
        size = sum(file.size_bytes for file in files)
        stdout.print(f"  共 {len(files)} 个文件或接口页 parts, {size:,} 字节 bytes: --json")


def _show_declared(receipt: Receipt) -> None:
    told = [f"行 rows {receipt.declared_row_count}"] if receipt.declared_row_count is not None else []
    if receipt.declared_amount is not None and receipt.declared_amount_field is not None:
        told.append(f"{_business_name(receipt, receipt.declared_amount_field)} {receipt.declared_amount:,.2f} 元")
    if told:
        stdout.print(f"申报 declared: {', '.join(told)}")


def _business_name(receipt: Receipt, field: str) -> str:
    from schemas.contract import load_contract

    return load_contract(receipt.record_type).by_name[field].business_name


def _show_replacing(receipt: Receipt) -> None:
    if receipt.replaces is None:
        return
    span = "全部 all" if receipt.replaces == "all" else f"{receipt.replaces_from} .. {receipt.replaces_to}"
    told = f"替换 replaces: {span}"
    if receipt.missing_count is not None:
        told += f", 在册 live {receipt.live_count}, 缺少 missing {receipt.missing_count}"
    if receipt.withdrawn_count is not None:
        told += f", 撤销 withdrawn {receipt.withdrawn_count}"
    stdout.print(told)


def _show_findings(findings: Sequence[FindingCount]) -> None:
    if findings:
        rows = [(f.rule_id, f.severity, f.finding_count, f.open_count, f.where, f.first_message) for f in findings]
        columns = ("规则 rule", "程度 severity", "数 count", "未解决 open", "首处 first at", "示例 example")
        print_table(columns, rows, "发现 findings", right=(2, 3))


def _show_quarantined(quarantined: Sequence[QuarantinedRow], receipt: Receipt) -> None:
    total = receipt.quarantined_count or 0
    if not quarantined:
        return
    rows = [(row.row_no, row.record_key, "\n".join(map(_reason, row.reasons))) for row in quarantined]
    columns = ("行 row", "主键 key", "位置与全部原因 place and every reason")
    print_table(columns, rows, f"隔离的行 held rows: {len(quarantined)} of {total} shown", right=(0,))
    if len(quarantined) < total:
        rest = f"另有 {total - len(quarantined)} 行 more: anze batch report {receipt.batch_id} --xlsx (或 --csv)"
        stdout.print(f"{rest}, anze batch show {receipt.batch_id} --limit {total}", soft_wrap=True)


def _reason(reason: Mapping[str, object]) -> str:
    return f"{reason['where']}: {reason['rule_id']} {reason['message']}"


def _plain(view: BatchView) -> dict[str, object]:
    receipt = fields_of(view.receipt)
    moments = {
        "received_at_shanghai": moment(view.receipt.received_at),
        "received_at_utc": _utc(view.receipt.received_at),
    }
    told = {"next_action": view.receipt.next_action, "files": list(view.files), "findings": list(view.findings)}
    return {**receipt, **moments, **told}


def _utc(at: dt.datetime) -> str:
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
