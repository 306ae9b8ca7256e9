"""Which cells of which sheet a batch's problems stand in, what their comments say, and what is told above the list."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from connectors.parse.sheet import column_index
from pipeline.reporting.cells import ROW, Marks
from pipeline.reporting.comments import MOST_COMMENTS, Place
from pipeline.reporting.problems import SEVERITIES, Problem

_LETTERS = re.compile(r"[A-Z]{1,3}")
_MOST_TOLD, _MOST_CHARACTERS = 5, 2_000


@dataclass(frozen=True)
class Returned:
    """What a returned workbook holds. ``notes`` are the Chinese lines on top of its list."""

    total: int
    listed: int
    marked_cells: int
    commented_cells: int
    notes: tuple[str, ...]
    is_annotated: bool
    """Whether it is the sender's own workbook with colours; else it only lists."""


def by_sheet(problems: Iterable[Problem]) -> dict[str, dict[Place, list[Problem]]]:
    """Sheet -> (row, column or ROW) -> what stands there; what has no row stands nowhere."""
    found: dict[str, dict[Place, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for each in problems:
        parts = each.parts
        if parts.sheet is not None and parts.row is not None:
            letters = each.column_letter or ""
            column = column_index(letters) if _LETTERS.fullmatch(letters) else ROW
            found[parts.sheet][parts.row, column].append(each)
    return found


def marks(placed: Mapping[Place, Sequence[Problem]]) -> Marks:
    """The severity of every cell of a sheet: that of the gravest of its problems."""
    made: Marks = defaultdict(dict)
    for (row, column), problems in placed.items():
        made[row][column] = gravest(problems)
    return made


def gravest(problems: Iterable[Problem]) -> str:
    """``error`` if one of some problems is."""
    return min(each.severity for each in problems)


def texts(placed: Mapping[Place, Sequence[Problem]], rows: Mapping[int, int], most: int) -> dict[Place, str]:
    """Comments by cell, in the order of rows; over the limit errors come first. ``rows``: where those of whole rows stand."""
    merged: dict[Place, list[Problem]] = defaultdict(list)
    for (row, column), problems in placed.items():
        if column != ROW or row in rows:
            merged[row, rows[row] if column == ROW else column] += problems
    chosen = sorted(merged, key=lambda place: (gravest(merged[place]), place))[: max(most, 0)]
    return {place: _comment(merged[place]) for place in sorted(chosen)}


def _comment(problems: Sequence[Problem]) -> str:
    """What is wrong with a cell, what was expected, what to do."""
    told = []
    for each in sorted(problems, key=lambda problem: problem.severity)[:_MOST_TOLD]:
        expected = f"\n应为:{each.expected}" if each.expected and each.expected not in each.message else ""
        told.append(f"【{SEVERITIES[each.severity]}】{each.rule_id}\n{each.message}{expected}")
    if len(problems) > _MOST_TOLD:
        told.append(f"另有 {len(problems) - _MOST_TOLD} 项,见“问题清单”")
    whole = "\n\n".join(told)
    return whole if len(whole) <= _MOST_CHARACTERS else f"{whole[:_MOST_CHARACTERS]}…(全文见“问题清单”)"


@dataclass(frozen=True)
class Outcome:
    """What was done to a workbook, for the lines above its list."""

    marked: int = 0
    commented: int = 0
    unplaced: int = 0
    is_listed_only: bool = False
    reasons: Collection[str] = ()
    """Why comments or colours are lacking."""
    is_list_replaced: bool = False
    has_comments: bool = True


def notes(batch_id: int, problems: Sequence[Problem], shown: int, outcome: Outcome) -> list[str]:
    """The lines above the list: total and shown, what to do, and openly what is not there."""
    errors = sum(1 for each in problems if each.severity == "error")
    told = [
        f"批次 {batch_id}:共 {len(problems)} 个问题,其中错误 {errors} 个、提示 {len(problems) - errors} 个;本表列出 {shown} 个。"
    ]
    if shown < len(problems):
        told.append(f"一张工作表放不下其余 {len(problems) - shown} 个,完整清单请下载 CSV。")
    told.append(_how_to_go_on(outcome))
    if outcome.reasons:
        what = "着色和批注" if outcome.is_listed_only else "批注"
        told.append(f"数据表未加{what}({'、'.join(outcome.reasons)}),请按本表的行号和列号查找。")
    elif outcome.commented < outcome.marked:
        told.append(
            f"着色的单元格共 {outcome.marked} 个,其中 {outcome.commented} 个带批注(一份工作簿的批注最多 {MOST_COMMENTS} 个,"
            "讨论中的单元格不加);其余见本表。"
        )
    if outcome.unplaced and not outcome.is_listed_only:
        told.append(f"有 {outcome.unplaced} 个问题针对整份文件或找不到对应的单元格,只列在本表。")
    if outcome.is_list_replaced:
        told.append("工作簿中原有的“问题清单”已换成本表。")
    return told


def _how_to_go_on(outcome: Outcome) -> str:
    if outcome.is_listed_only:
        return "请按本表在数据表中改正后再次报送;本表不会当作数据读取,不必删除。"
    told = ",批注写明问题和处理办法" if outcome.has_comments else ""
    return f"有问题的单元格已着色:红色为错误,黄色为提示{told}。请直接改正后原样再次报送;本表不会当作数据读取,不必删除。"
