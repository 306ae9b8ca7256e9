"""Notes of reading: what the parser found in a file that it could read, on its way from the child to the mapping.

A note speaks of a cell, of a row, or of the whole file. The notes of a batch of rows travel in its schema's metadata.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass

NOTES = b"notes"
"""Key of a table's schema metadata: its notes, packed."""

SENTENCES: dict[str, str] = {
    "FILE-033": "工作表{where}有内容,没有读取;如含应报数据,请单独提交",
    "FILE-034": "{where}被{found},已照常读取;如不应报送,请删除这些行后重新提交",
    "FILE-035": "隐藏的{where}已照常读取;如内容有误,请取消隐藏,核对后重新提交",
    "FILE-036": "表格旁边的{where}有内容,没有读取;如是数据,请写在表头之下的列中",
    "FILE-037": "表头在{where}(约定在{found}),其上的内容没有读取;请核对其中没有数据",
    "MAP-010": "是合计、落款或说明行({found}),不是一条记录;请从数据区删除该行",
    "MAP-011": "的内容{found}是表格软件存不下的数(超过 15 位有效数字),末尾的数字已不可靠;"
    "请把该列设为文本格式,再从源系统重新导出",
    "MAP-012": "的公式没有计算结果;请用表格软件打开并保存一次(或把公式粘贴为数值)后重新提交",
    "MAP-013": "的数字格式({found})使显示的编号与存储的数字不同;请把该列设为文本格式,按所见的内容填写",
    "MAP-014": "的数字格式({found})改变了数的含义;请把该列设为“常规”格式,按约定的单位填写完整的数",
    "MAP-015": "的内容{found}不是表格软件能显示的日期;请填写实际日期",
    "MAP-016": "在合并单元格({found})中,说不清内容属于哪一列;请取消合并,并为每一格填写内容",
}
"""What a note says; of a cell, the field's name stands before it."""


@dataclass(frozen=True)
class Note:
    """What was found at one place. ``row_no`` None speaks of the file, ``column`` (position in the header) None of a row."""

    rule_id: str
    where: str = ""
    found: str = ""
    row_no: int | None = None
    column: int | None = None

    @property
    def sentence(self) -> str:
        """What is told of it, in Chinese."""
        return SENTENCES[self.rule_id].format(where=self.where, found=self.found)


def packed(notes: Iterable[Note]) -> dict[bytes, bytes]:
    """Notes as metadata of a schema; nothing where there are none."""
    listed = [astuple(note) for note in notes]
    return {NOTES: json.dumps(listed, ensure_ascii=False).encode()} if listed else {}


def unpacked(metadata: Mapping[bytes, bytes] | None) -> tuple[Note, ...]:
    """The notes in a schema's metadata."""
    packed_notes = (metadata or {}).get(NOTES)
    return tuple(Note(*parts) for parts in json.loads(packed_notes)) if packed_notes else ()
