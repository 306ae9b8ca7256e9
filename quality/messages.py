"""What a person reads about a fault: Chinese, naming the field, what was found, what was expected, what to do.

The one seam between codes and words: whatever reads, maps or loads hands over observations, and the catalogue's rule
gives severity, message and remedy. A message's slots: ``SLOTS``, and of a rule that is not judged those in ``OBSERVED_SLOTS``
and the names that ``schemas.findings.NAMED`` lists for its code.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from schemas.contract import Contract, Field
from schemas.errors import TellInsurer
from schemas.findings import NAMED, Finding, Observation, Rule, Tell
from schemas.folding import visible
from schemas.generate import label_of
from schemas.personal import HIDDEN, shown, without_numbers
from schemas.time_zone import SHANGHAI

EMPTY = "(空)"
#: A value longer than this is cut in a message; what was expected, such as a list of codes, is told whole.
SHOWN_LENGTH, EXPECTED_LENGTH = 80, 1000
#: Slots of every message; of those that are observed: the value in quotes or nothing, the row, and a name that may be meant.
SLOTS, OBSERVED_SLOTS = frozenset({"field", "value", "expected"}), frozenset({"quoted", "row", "guess"})
#: Slots of a refusal: what stands at the place, and the same in brackets or nothing.
REFUSAL_SLOTS = frozenset({"found", "detail"})

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


def slots_of(rule: Rule) -> frozenset[str]:
    """The slots that a rule's message and remedy may have."""
    if rule.is_judged:
        return SLOTS
    refusal = REFUSAL_SLOTS if rule.tier == "file" else frozenset()
    return SLOTS | OBSERVED_SLOTS | refusal | NAMED.get(rule.rule_id, frozenset())


def telling(rules: Mapping[str, Rule], contract: Contract) -> Tell:
    """How the observations of one record type are told by the rules of a catalogue."""
    return lambda seen: finding(rules[seen.rule_id], contract, seen)


def finding(rule: Rule, contract: Contract, seen: Observation) -> Finding:
    """An observation with its rule's severity and words; a personal value is left out."""
    known = contract.by_name.get(str(seen.field))
    value = _may_show(rule, seen.value, known) if rule.is_judged else seen.value
    slots = _judged(known, seen, value) if rule.is_judged else _observed(known, seen)
    return Finding(
        rule.rule_id, rule.severity, seen.row_no, seen.field, value, seen.expected, _text(rule, slots),
        seen.parent_record_type, seen.parent_key,
    )  # fmt: skip


def refusals(rules: Mapping[str, Rule], refusal: TellInsurer) -> list[Finding]:
    """Why a delivery is refused: a finding for each reason, which begins with its place."""
    return [_refused(rules[each.code], rules, each) for each in refusal.all]


def _refused(rule: Rule, rules: Mapping[str, Rule], refusal: TellInsurer) -> Finding:
    message = refusal_text(rules, refusal)
    told = without_numbers(f"{refusal.where}: {message}" if refusal.where else message)
    return Finding(rule.rule_id, rule.severity, None, None, refusal.where or None, None, told)


def refusal_text(rules: Mapping[str, Rule], refusal: TellInsurer) -> str:
    """One reason without its place. What it found may be why another reading failed, as of a control sheet."""
    cause = refusal.__cause__
    found = refusal_text(rules, cause) if isinstance(cause, TellInsurer) else refusal.found
    return _text(rules[refusal.code], {"found": found, "detail": f"({found})" if found else ""})


def _text(rule: Rule, slots: Mapping[str, str]) -> str:
    """Message and remedy; what is observed is one line, for a receipt lists several."""
    form = "{}。{}。" if rule.is_judged else "{};{}"
    return form.format(rule.message_zh.format(**slots), rule.remedy_zh.format(**slots))


def _judged(field: Field | None, seen: Observation, may_show: str | None) -> dict[str, str]:
    is_hidden = seen.value is not None and may_show is None
    return {
        "field": field.business_name if field else str(seen.field),
        "value": HIDDEN if is_hidden else _shorten(_labelled(may_show, field)),
        "expected": _shorten(_labelled(seen.expected, field), EXPECTED_LENGTH),
    }


def _observed(field: Field | None, seen: Observation) -> dict[str, str]:
    return {
        "field": field.business_name if field else str(seen.field),
        "value": EMPTY if seen.value is None else visible(seen.value),
        "expected": EMPTY if seen.expected is None else seen.expected,
        "quoted": "" if seen.value is None else f"“{visible(seen.value)}”",
        "guess": "" if seen.expected is None else f",是不是“{seen.expected}”?",
        "row": str(seen.row_no),
        **seen.named,
    }


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
