"""What is derived from the contracts: JSON Schema, data dictionary, page of code lists.

Everything here is a function of ``schemas/*.odcs.yaml`` and ``schemas/code_lists/*.yml`` alone, so that a run on
any machine gives the same bytes.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Collection, Iterable
from typing import Any

from schemas.code_lists import CodeEntry, CodeList, load_code_list, load_code_lists
from schemas.contract import WITHDRAWAL, Condition, Contract, Field, Kind, load_contracts

KIND_NAMES: dict[Kind, str] = {
    "text": "文本",
    "identifier": "编号",
    "code": "代码",
    "date": "日期",
    "timestamp": "时间",
    "amount": "金额(元)",
    "decimal": "数值",
    "ratio": "比例(0.21 即 21%)",
    "count": "整数",
    "boolean": "是/否",
    "list": "列表(分号分隔)",
    "hash": "哈希",
}

CLASSIFICATION_NAMES = {"public": "", "business": "商业", "personal": "个人信息", "sensitive": "敏感个人信息"}

_PATTERNS = {
    "^[0-9]{6}$": "6位数字",
    "^[0-9]{2,4}$": "2至4位数字",
    "^20[0-9]{2}$": "20开头的4位年份",
    "^[0-9a-f]{64}$": "64位十六进制数",
    r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|\*)$": "2位、4位或6位数字,或 *",
}

_JSON_TYPES: dict[Kind, dict[str, Any]] = {
    "text": {"type": "string"},
    "identifier": {"type": "string"},
    "code": {"type": "string"},
    "list": {"type": "string"},
    "hash": {"type": "string"},
    "date": {"type": "string", "format": "date"},
    "timestamp": {"type": "string", "format": "date-time"},
    "amount": {"type": "number"},
    "decimal": {"type": "number"},
    "ratio": {"type": "number"},
    "count": {"type": "integer"},
    "boolean": {"type": "boolean"},
}

NOTICE = "<!-- Generated from schemas/; do not edit. -->"


def json_schema(contract: Contract) -> dict[str, Any]:
    """JSON Schema (draft 2020-12) of one record with canonical field names; titles are the Chinese business names.

    A withdrawal (operation D) needs its key and its envelope only. Code lists are those of any date.
    """
    at_once = contract.withdrawal_fields
    always = [f.name for f in contract.fields if f.is_required and f.name in at_once]
    unless_withdrawn = [f.name for f in contract.fields if f.is_required and f.name not in at_once]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:anze:schema:{contract.record_type}:{contract.version}",
        "title": contract.business_name,
        "description": contract.grain,
        "type": "object",
        "properties": {field.name: _json_property(field, field.name in always) for field in contract.fields},
        "required": always,
        **_conditions(contract, at_once),
        "if": {"properties": {"operation_code": {"not": {"const": WITHDRAWAL}}}},
        "then": {**_needed(unless_withdrawn), **_conditions(contract, set(contract.by_name) - at_once)},
    }


def dictionary_markdown(contract: Contract) -> str:
    """The data dictionary page of one record type."""
    key = "、".join(contract.by_name[name].business_name for name in contract.key)
    head = [
        NOTICE,
        f"# {contract.business_name} `{contract.record_type}`",
        "",
        f"{contract.grain}. 契约版本 {contract.version}. 业务主键: {key}.",
        "",
        *(f"- 时限: {m.business_name} `{m.field}` 起 {m.working_days} 个工作日" for m in contract.milestones),
        *([""] if contract.milestones else []),
    ]
    columns = ("字段", "中文", "类型", "必填", "代码表 / 引用", "校验", "密级", "Meaning")
    rows = [_dictionary_row(contract, field) for field in contract.fields]
    return "\n".join(head + table(columns, rows)) + "\n"


def code_lists_markdown(code_lists: dict[str, CodeList]) -> str:
    """The page of all code lists."""
    lines = [NOTICE, "# 代码表 Code lists", "", "文件可填代码,也可填完全一致的中文名称。", ""]
    for code_list in code_lists.values():
        lines += [f"## {code_list.list_code} {code_list.name}", ""]
        lines += [f"Source: {code_list.source} ({code_list.confidence}).", ""]
        columns = ("代码", "中文", "English", "版本", "有效期", "→ 下一版本")
        lines += [*table(columns, [_code_row(entry) for entry in code_list.entries]), ""]
    return "\n".join(lines[:-1]) + "\n"


def write(folder: pathlib.Path) -> list[pathlib.Path]:
    """Write contracts/*.md, json-schema/*.json and code-lists.md below ``folder`` (docs/reference); returns them.

    Pages of record types that no longer exist are removed. The calendar page is quality.calendar_page's.
    """
    pages: dict[pathlib.Path, str] = {folder / "code-lists.md": code_lists_markdown(load_code_lists())}
    for name, contract in load_contracts().items():
        pages[folder / "contracts" / f"{name}.md"] = dictionary_markdown(contract)
        schema = json.dumps(json_schema(contract), ensure_ascii=False, indent=2)
        pages[folder / "json-schema" / f"{name}.json"] = schema + "\n"
    for stale in {*folder.glob("contracts/*.md"), *folder.glob("json-schema/*.json")} - set(pages):
        stale.unlink()
    for path, text in pages.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    return sorted(pages)


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """Lines of a Markdown table; cells are escaped."""
    names = list(columns)
    lines = [" | ".join(names), " | ".join("---" for _ in names)]
    lines += [" | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) for row in rows]
    return [f"| {line} |" for line in lines]


def condition_chinese(contract: Contract, condition: Condition) -> str:
    """When a field is needed, in Chinese: ``保单状态为 40 已退保、50 已解除、60 已注销 时``."""
    parts = (
        f"{contract.by_name[name].business_name}为 {'、'.join(label_of(contract.by_name[name], v) for v in values)} 时"
        for name, values in condition.alternatives
    )
    return "或".join(parts).replace("为 true 时", "为是时").replace("为 false 时", "为否时")


def label_of(field: Field, code: str) -> str:
    """A code with its Chinese label, ``40 已退保``; the code itself where the field has no list, or the list no one label."""
    if field.code_list is None:
        return code
    labels = {entry.zh for entry in load_code_list(field.code_list).entries if entry.code == code}
    return f"{code} {labels.pop()}" if len(labels) == 1 else code


def requirement_chinese(contract: Contract, field: Field) -> str:
    """``必填``, the condition on which the field is needed, or ``选填``."""
    if field.is_required:
        return "必填"
    if field.required_when:
        return condition_chinese(contract, field.required_when)
    return field.condition_text or "选填"


def pattern_chinese(pattern: str) -> str:
    """What a contract's pattern asks for, in words; the pattern itself where nobody has put it into words."""
    return _PATTERNS.get(pattern, pattern)


def check_chinese(field: Field) -> str:
    """Length, pattern and range of a field in Chinese; empty when there is none."""
    parts = [
        f"最长 {field.max_length} 字" if field.max_length else "",
        f"格式 {pattern_chinese(field.pattern)}" if field.pattern else "",
        f"不小于 {field.minimum}" if field.minimum is not None else "",
        f"不大于 {field.maximum}" if field.maximum is not None else "",
        "可为负" if field.is_signed else "",
    ]
    return ";".join(part for part in parts if part)


def _json_property(field: Field, is_always_needed: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"title": field.business_name, "description": field.description, **_JSON_TYPES[field.kind]}
    if not is_always_needed:
        found["type"] = [found["type"], "null"]
    limits = (
        ("maxLength", field.max_length),
        ("pattern", field.pattern),
        ("minimum", field.minimum),
        ("maximum", field.maximum),
    )
    found |= {name: limit for name, limit in limits if limit is not None}
    if field.code_list:
        codes = dict.fromkeys(entry.code for entry in load_code_lists()[field.code_list].entries)
        found |= {"enum": [*codes, *([] if is_always_needed else [None])], "x-code-list": field.code_list}
    return {**found, "x-classification": field.classification}


def _conditions(contract: Contract, names: Collection[str]) -> dict[str, Any]:
    """``requiredWhen`` of the named fields as ``allOf``; booleans of a condition are ``true`` and ``false`` as texts."""
    found = []
    for field in contract.fields:
        if field.required_when and field.name in names:
            tests = [
                {"properties": {name: {"enum": [_json_value(v) for v in values]}}, "required": [name]}
                for name, values in field.required_when.alternatives
            ]
            found.append({"if": {"anyOf": tests}, "then": _needed([field.name])})
    return {"allOf": found} if found else {}


def _needed(names: list[str]) -> dict[str, Any]:
    """Needed means there and not null."""
    return {"required": names, "properties": {name: {"not": {"type": "null"}} for name in names}}


def _json_value(text: str) -> str | bool:
    return {"true": True, "false": False}.get(text, text)


def _dictionary_row(contract: Contract, field: Field) -> list[str]:
    code_list = f"[{field.code_list}](../code-lists.md)" if field.code_list else ""
    target = f"→ {'.'.join(field.references)}" if field.references else ""
    return [
        f"`{field.name}`",
        field.business_name + (" 🔑" if field.name in contract.key else ""),
        KIND_NAMES[field.kind],
        requirement_chinese(contract, field),
        code_list or target,
        check_chinese(field),
        CLASSIFICATION_NAMES[field.classification],
        field.description,
    ]


def _code_row(entry: CodeEntry) -> list[str]:
    until = entry.valid_to.isoformat() if entry.valid_to else ""
    since = entry.valid_from.isoformat() if entry.valid_from else ""
    validity = f"{since} – {until}" if since or until else ""
    return [f"`{entry.code}`", entry.zh, entry.en, entry.edition or "", validity, " / ".join(entry.becomes)]
