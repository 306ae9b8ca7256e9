"""How ``anze insurer check`` and ``anze insurer probe`` show what a definition covers and what a system sends."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.coverage import Coverage
from connectors.proposal import Column, Look
from pipeline.cli.output import green, print_table, red, stdout
from pipeline.definitions.probing import Probe

COLUMNS = ("列 column", "非空 filled", "类型 kind", "样例 example", "字段 field", "建议 proposed")


def show_coverage(found: Iterable[Coverage]) -> None:
    """What each record type's fields come from, and what remains to be looked at."""
    for each in found:
        required = f"必填 required {len(each.by_naming)} 列仅按命名规则 by naming only"
        stdout.print(f"  {each.record_type}: 已映射 mapped {len(each.mapped)}, {required}")
        _line("按命名规则 by naming", each.by_naming)
        _line("未映射 unmapped", each.unmapped)
        _line("代码未覆盖 codes without a source value", each.uncovered)


def show_probe(found: Probe) -> None:
    """One feed: its columns with examples, what its answer declares, and the lines for ``columns:``."""
    if found.fault is not None:
        told = f"{found.record_type}: {type(found.fault).__name__}: {found.fault}"
        stdout.print(red("✗"), told, soft_wrap=True)
        return
    assert found.look is not None
    declared = f"; {found.declared}" if found.declared else ""
    stdout.print(green("✓"), f"{found.record_type}: {found.look.rows} 行 rows{declared}")
    if found.look.columns:
        print_table(COLUMNS, [_cells(column) for column in found.look.columns], right=(1,))
    _proposal(found.look)


def as_plain(found: Probe) -> dict[str, object]:
    """A probe for JSON."""
    fault = found.fault and {"kind": type(found.fault).__name__, "message": str(found.fault)}
    shown = found.look and {**vars(found.look), "proposal": found.look.proposal}
    return {"record_type": found.record_type, "declared": found.declared, "look": shown, "fault": fault}


def _cells(column: Column) -> tuple[object, ...]:
    kinds = ", ".join(column.kinds)
    return column.name, column.filled, kinds, column.example, column.field or "", column.proposed or ""


def _proposal(look: Look) -> None:
    if look.proposal:
        stdout.print("  建议写入 proposed, below columns:")
        for line in look.proposal:
            stdout.print(f"    {line}", soft_wrap=True)
    if look.rows:
        _line("必填字段没有来源列 required fields without a column", look.missing)


def _line(label: str, names: Iterable[str]) -> None:
    if text := ", ".join(names):
        stdout.print(f"    {label}: {text}", soft_wrap=True)
