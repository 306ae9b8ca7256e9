"""The template's words: what each field means, how it is filled in, and an example, as a clerk reads them."""

from __future__ import annotations

import functools
import pathlib
from collections import Counter

from schemas.code_lists import CodeList, load_code_list
from schemas.contract import Contract, Field, Kind, load_contracts
from schemas.credit_code import check_character
from schemas.generate import KIND_NAMES, check_chinese, requirement_chinese
from schemas.regions import own_regions
from schemas.yaml_files import Text, read_yaml

FILE = pathlib.Path(__file__).parent / "field_notes.yml"
#: Codes of a longer list stand on the sheet of code lists alone.
LISTED_CODES = 12
#: How a value of each kind is written, and one such value as it is shown in the cell.
FORMATS: dict[Kind, tuple[str, str]] = {
    "text": ("文字", "示例"),
    "identifier": ("编号,按文本填写,保留前导零,不要写成数字或科学计数法", "000123"),
    "code": ("从下拉列表中选,也可填代码", ""),
    "date": ("日期,年-月-日", "2026-11-18"),
    "timestamp": ("时间,年-月-日 时:分:秒,北京时间", "2026-11-20 10:00:00"),
    "amount": ("金额,以元为单位,最多两位小数,不写单位", "12000.50"),
    "decimal": ("数值", "1.5"),
    "ratio": ("比例,写小数,不写百分号", "0.05"),
    "count": ("整数", "30"),
    "boolean": ("填“是”或“否”", "否"),
    "list": ("多个值之间用分号(;)隔开", "甲;乙"),
    "hash": ("64位十六进制数(SHA-256)", "0" * 64),
}
#: A company's credit code: kind of body, the county that registered it, its organisation code; a check character follows.
CREDIT_CODE_EXAMPLE = "91{county}MA3H00016"


@functools.cache
def _notes() -> dict[str, tuple[str, str]]:
    """(meaning, example) by field name; the example may be empty."""
    said = read_yaml(FILE.name, FILE.read_bytes(), dict).part(dict[str, Text])
    parted = {name: text.partition(" | ") for name, text in said.items()}
    return {name: (meaning, example) for name, (meaning, _, example) in parted.items()}


def meaning(field: Field) -> str:
    """What a field means, in a sentence; its name where nobody has written one."""
    return _notes().get(field.name, (field.business_name, ""))[0]


def example(field: Field) -> str:
    """One right value of a field, made up, as it is written into its cell."""
    if field.code_list:
        return drop_down_values(load_code_list(field.code_list))[0]
    if field.semantic_type:
        county = own_regions().counties()[0].region_code
        registered = CREDIT_CODE_EXAMPLE.format(county=county)
        return county if field.semantic_type == "region_code" else registered + check_character(registered)
    return _notes().get(field.name, ("", ""))[1] or FORMATS[field.kind][1]


def how(field: Field) -> str:
    """How a field is written: its form, its limits, and the record that it points at."""
    form = "18位统一社会信用代码" if field.semantic_type == "credit_code" else FORMATS[field.kind][0]
    target = _target(field)
    return ";".join(part for part in (form, check_chinese(field), target) if part)


def allowed(field: Field) -> str:
    """The values that a field's list offers; of a long list where they stand."""
    if field.code_list is None:
        return ""
    code_list = load_code_list(field.code_list)
    values = drop_down_values(code_list)
    return "、".join(values) if len(values) <= LISTED_CODES else f"见代码表“{code_list.name}”({len(values)}项)"


def note(contract: Contract, field: Field) -> str:
    """All of a field in a few lines, for the note on its column's head."""
    lines = (
        meaning(field), requirement_chinese(contract, field), how(field),
        f"可填:{allowed(field)}" if field.code_list else "", f"例:{example(field)}",
    )  # fmt: skip
    return "\n".join(line for line in lines if line)


def kind_name(field: Field) -> str:
    """The kind of a field in Chinese."""
    return KIND_NAMES[field.kind]


def drop_down_values(code_list: CodeList) -> list[str]:
    """What a cell offers: the Chinese label, or the code where two codes share the label."""
    labels = Counter(entry.zh for entry in code_list.entries)
    values = (entry.zh if labels[entry.zh] == 1 else entry.code for entry in code_list.entries)
    return list(dict.fromkeys(values))


def _target(field: Field) -> str:
    if field.references is None:
        return ""
    record_type, name = field.references
    contract = load_contracts().get(record_type)
    return f"与{contract.business_name}的“{contract.by_name[name].business_name}”一致" if contract else ""
