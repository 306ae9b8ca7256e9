"""What a person reads about a fault: Chinese, naming the field, what was found, what was expected, what to do."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from schemas.contract import Contract, Field, load_contract
from schemas.findings import Finding, Rule
from schemas.folding import visible
from schemas.generate import label_of
from schemas.personal import HIDDEN, shown
from schemas.time_zone import SHANGHAI

EMPTY = "(空)"
#: A value longer than this is cut in a message; what was expected, such as a list of codes, is told whole.
SHOWN_LENGTH, EXPECTED_LENGTH = 80, 1000

#: A threshold or a ratio as the database writes it, padded with zeros.
_SIX_DECIMALS = re.compile(r"-?\d+\.\d{6}")


def show(value: Any) -> str | None:
    """A typed value as its sender would write it: dates and instants of Shanghai, numbers without padding."""
    match value:
        case None:
            return None
        case bool():
            return "是" if value else "否"
        case dt.datetime():
            return value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
        case Decimal() | float():
            return f"{Decimal(str(value)).normalize():f}"
    return str(value)


def finding(rule: Rule, contract: Contract, where: tuple[int, str], found: tuple[str | None, str | None]) -> Finding:
    """The finding of a rule at (row_no, field) with (value, expected); a personal value is left out."""
    row_no, field = where
    value, expected = found
    message = _text(rule, contract, field, found)
    may_show = _may_show(rule, value, contract.by_name.get(field))
    return Finding(rule.rule_id, rule.severity, row_no, field, may_show, expected, message)


def render(rule: Rule, value: str | None, expected: str | None, field: str | None) -> str:
    """The Chinese message of a rule for a value found and a value expected, as the warehouse's SQL rules need it."""
    return _text(
        rule, load_contract("policy" if rule.record_type == "*" else rule.record_type), field, (value, expected)
    )


def _text(rule: Rule, contract: Contract, field: str | None, found: tuple[str | None, str | None]) -> str:
    value, expected = found
    known = contract.by_name.get(str(field))
    may_show = _may_show(rule, value, known)
    return f"{rule.message_zh}。{rule.remedy_zh}。".format(
        field=known.business_name if known else field,
        value=HIDDEN if value is not None and may_show is None else _shorten(_labelled(may_show, known)),
        expected=_shorten(_labelled(expected, known), EXPECTED_LENGTH),
    )


def _labelled(text: str | None, field: Field | None) -> str | None:
    """Codes of the field's list with their labels, as ``40 已退保``; any other text as it is."""
    if text is None or field is None or field.code_list is None:
        return text
    return "、".join(label_of(field, code) for code in text.split("、"))


def _may_show(rule: Rule, value: str | None, field: Field | None) -> str | None:
    """What may be shown of a value; rules of tier history say how full a column is, never what it holds."""
    return value if rule.tier == "history" else shown(value, field)


def expectation_text(rule: Rule) -> str | None:
    """What an expectation about one column asks for, in words; None for a comparison of two columns."""
    arguments = rule.arguments
    low, high = arguments.get("min_value"), arguments.get("max_value")
    if low is not None and high is not None:
        return f"{low} 至 {high}"
    if low is not None:
        return f"{'大于' if arguments.get('strict_min') else '不小于'}{low}"
    if high is not None:
        return f"{'小于' if arguments.get('strict_max') else '不大于'}{high}"
    if values := arguments.get("value_set"):
        return "、".join(map(str, values))
    return {"ExpectColumnValuesToBeNull": "空", "ExpectColumnValuesToNotBeNull": "必填"}.get(str(rule.expectation))


def _shorten(text: str | None, length: int = SHOWN_LENGTH) -> str:
    if text is None:
        return EMPTY
    if _SIX_DECIMALS.fullmatch(text):
        return text.rstrip("0").rstrip(".")
    return visible(text if len(text) <= length else text[:length] + "…")
