"""Why a delivery is refused as a whole: one code for each reason, with what the sender can do about it.

Codes are never reused. ``refuse`` makes the exception; its text says what and what to do, in Chinese, its ``where`` the place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.errors import EmptyFile, TellInsurer, UnreadableFile, WrongEncoding


@dataclass(frozen=True)
class Reason:
    """One reason of refusal: class of the exception, title and remedy in Chinese."""

    raises: type[TellInsurer]
    title: str
    remedy: str


#: Exit code of a child process that reports why it refuses its file.
REFUSED = 3

_SAVE_UTF8 = "请另存为 UTF-8 编码(或与约定一致的编码)后重新提交"
_QUOTE = "请由系统按 CSV 标准(RFC 4180)重新导出,含分隔符、换行或引号的内容整体加双引号,内容中的双引号写两次"
_AGAIN = "请重新导出文件后提交"

REASONS: dict[str, Reason] = {
    "FILE-001": Reason(UnreadableFile, "文件无法解析", _AGAIN),
    "FILE-002": Reason(WrongEncoding, "文件编码与约定不符", _SAVE_UTF8),
    "FILE-003": Reason(EmptyFile, "文件是空的,没有表头也没有数据", "请确认导出成功后重新提交"),
    "FILE-004": Reason(UnreadableFile, "缺少必填列", "请按约定的列名补齐后重新提交"),
    "FILE-005": Reason(WrongEncoding, "文件是 UTF-16 或 UTF-32 编码", _SAVE_UTF8),
    "FILE-006": Reason(WrongEncoding, "内容含有编码转换时已损坏的字符", "请从源系统用正确编码重新导出"),
    "FILE-007": Reason(WrongEncoding, "文件中间出现字节顺序标记,疑为多个文件拼接", "请分别提交原文件,不要拼接"),
    "FILE-008": Reason(UnreadableFile, "含有不可见的控制字符", "请清除该字符后重新导出"),
    "FILE-010": Reason(UnreadableFile, "列数与表头不一致", _QUOTE),
    "FILE-011": Reason(UnreadableFile, "双引号位置不正确", _QUOTE),
    "FILE-012": Reason(UnreadableFile, "双引号没有闭合", _QUOTE),
    "FILE-013": Reason(UnreadableFile, "出现单独的回车符", "请统一使用 CRLF 或 LF 换行后重新导出"),
    "FILE-014": Reason(UnreadableFile, "表头列名重复", "请使每个列名只出现一次"),
    "FILE-015": Reason(UnreadableFile, "表头有空列名", "请补上列名,或删除该列"),
    "FILE-016": Reason(UnreadableFile, "找不到约定的表头", "请核对表头所在行、列名和分隔符"),
    "FILE-017": Reason(UnreadableFile, "单行过长或列数过多", "请核对分隔符和换行,或拆分内容"),
    "FILE-018": Reason(UnreadableFile, "文件内容与约定的格式不符", "请按约定的格式(CSV 或 XLSX)另存后提交"),
    "FILE-020": Reason(UnreadableFile, "不是完整的 XLSX 工作簿", "请用表格软件打开检查,另存为 XLSX 后提交"),
    "FILE-021": Reason(UnreadableFile, "这是旧版 XLS 文件,只是改了扩展名", "请用表格软件另存为 XLSX 后提交"),
    "FILE-022": Reason(UnreadableFile, "工作簿已加密", "请去掉打开密码后重新提交"),
    "FILE-023": Reason(UnreadableFile, "工作簿含有宏", "请另存为不含宏的 XLSX 后提交"),
    "FILE-024": Reason(
        UnreadableFile, "压缩内容异常(条目过多、过大、压缩比过高或相互重叠)", "请新建工作簿,只粘贴数值后提交"
    ),
    "FILE-025": Reason(UnreadableFile, "工作簿内含文档类型声明", "请用表格软件另存为 XLSX 后提交"),
    "FILE-026": Reason(
        UnreadableFile, "工作表过大,或在很远的位置有单元格", "请删除数据区以外的行列,或把数据复制到新工作簿后提交"
    ),
    "FILE-027": Reason(UnreadableFile, "有多个可见工作表含数据", "请只保留一个含数据的可见工作表"),
    "FILE-028": Reason(UnreadableFile, "找不到约定的工作表", "请核对工作表名称"),
    "FILE-029": Reason(UnreadableFile, "数据区有合并单元格", "请取消合并,并为每一行填写内容"),
    "FILE-031": Reason(UnreadableFile, "表头以外的列有内容", "请为该列补上列名,或删除其内容"),
    "FILE-040": Reason(UnreadableFile, "不是合法的 JSON", "请接口方检查返回内容"),
    "FILE-041": Reason(UnreadableFile, "JSON 对象有重复的键", "请接口方使每个键只出现一次"),
    "FILE-042": Reason(UnreadableFile, "JSON 含有 NaN 或 Infinity", "请接口方返回数字或 null"),
    "FILE-043": Reason(UnreadableFile, "JSON 嵌套过深", "请接口方按约定的结构返回"),
    "FILE-050": Reason(UnreadableFile, "文件超过大小上限", "请按时间拆分后分批提交"),
    "FILE-051": Reason(UnreadableFile, "解析超过时间上限", "请按时间拆分后分批提交,或检查文件内容"),
    "FILE-052": Reason(UnreadableFile, "解析超过内存上限", "请按时间拆分后分批提交,或检查文件内容"),
    "FILE-053": Reason(UnreadableFile, "文件使解析程序异常中止", "请用表格软件打开检查,另存后重新提交"),
    "FILE-070": Reason(EmptyFile, "文件只有表头,没有数据行", "请填写数据后重新提交;如确无数据,无需提交"),
    "FILE-060": Reason(UnreadableFile, "该机构不报送此类数据", "请核对报送机构和数据类型;名录由主管部门报送"),
    "FILE-061": Reason(
        UnreadableFile,
        "文件名不符合约定",
        "请命名为 <数据类型>_<年月日八位数字>.csv 或 .xlsx(例如 policy_20261118.csv)后重新放入",
    ),
    "FILE-062": Reason(
        UnreadableFile,
        "控制文件(.control.json)有误,数据文件未入库",
        "请更正控制文件:UTF-8 编码的 JSON,只含行数、金额字段名、金额和替换范围四个键"
        "(row_count、amount_field、amount、replaces);改好后数据文件无需重放",
    ),
    "FILE-063": Reason(
        UnreadableFile, "替换范围有误,文件未接收", "请写 all(全量)或起止日期(例如 2026-10-01..2026-10-31)后重新提交"
    ),
    "FILE-091": Reason(
        UnreadableFile,
        "申报的行数或金额合计有误,数据未入库",
        "请更正“控制总数”表或 --rows、--amount,只填数字,后重新提交",
    ),
}


def refuse(code: str, where: str = "", found: str = "") -> TellInsurer:
    """The exception of a reason; ``where`` is a place such as ``第5行第3列``, ``found`` what stands there."""
    reason = REASONS[code]
    detail = f"({found})" if found else ""
    return reason.raises(f"{reason.title}{detail};{reason.remedy}", where, code)


def together(faults: Sequence[TellInsurer], columns: Sequence[str] = ()) -> TellInsurer:
    """The first of some faults, which knows the others and the header's names."""
    first = faults[0]
    first.others, first.columns = tuple(faults[1:]), tuple(columns)
    return first


def told(refusal: TellInsurer) -> dict[str, Any]:
    """A refusal as plain values, for the way from a child process; ``restore`` reads it."""
    reasons = [{"code": each.code, "message": each.message, "where": each.where} for each in refusal.all]
    return {"reasons": reasons, "columns": refusal.columns}


def restore(report: Mapping[str, Any]) -> TellInsurer:
    """The exception that a child process reported."""
    made = [REASONS[each["code"]].raises(each["message"], each["where"], each["code"]) for each in report["reasons"]]
    return together(made, report["columns"])
