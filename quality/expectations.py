"""The one module that knows Great Expectations: runs the record rules of a type over a frame in one validation.

Numbers go in as exact float64 (an unscaled integer divided by its power of ten), dates as datetime64, texts as
Arrow-backed strings. The frame's index is the position of the row, so that failing rows come back complete and cheap.
"""

from __future__ import annotations

import functools
import operator
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

import great_expectations as gx
import great_expectations.expectations as gxe
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from great_expectations.compatibility.pydantic import ValidationError
from great_expectations.core.batch_definition import BatchDefinition
from great_expectations.core.expectation_validation_result import ExpectationValidationResult
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.expectations.expectation import Expectation
from great_expectations.expectations.row_conditions import Column, Condition
from great_expectations.validator.v1_validator import Validator

from quality.catalogue import RuleSet
from quality.derived import derived_names
from schemas.contract import load_contract
from schemas.errors import DefinitionError, HubError
from schemas.findings import Rule
from schemas.mistakes import nearest

RESULT_FORMAT = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "return_unexpected_index_query": False,
}
#: Great Expectations answers one thread at a time: two at once get each other's batch.
_ASKING = threading.Lock()
#: Keys of a rule's arguments that are ours and not the expectation's.
_CONDITION = "when"


class RuleNotRun(HubError):
    """Raised when an expectation could not be evaluated, from quality.expectations: a rule not run never passes."""


@dataclass(frozen=True)
class Suite:
    """The expectations of some rules, built once, and the columns that they read."""

    expectations: gx.ExpectationSuite
    columns: tuple[str, ...]


@functools.lru_cache(maxsize=64)
def suite(rules: RuleSet, record_type: str) -> Suite:
    """The record rules of a type. Raises DefinitionError for an expectation, argument or column that is not known."""
    chosen = rules.record_rules(record_type)
    known = {*load_contract(record_type).by_name, *derived_names()}
    for rule in chosen:
        for name in sorted({*columns_of(rule)} - known):
            problem = f"{name} is no column of {record_type}"
            raise _mistake(rule, "arguments", problem, nearest(name, known))
    built = gx.ExpectationSuite(record_type, expectations=[expectation(rule) for rule in chosen])
    return Suite(built, tuple(dict.fromkeys(name for rule in chosen for name in columns_of(rule))))


def columns_of(rule: Rule) -> tuple[str, ...]:
    """The columns that a rule's expectation reads, derived ones included."""
    named = [v for k, v in rule.arguments.items() if k in ("column", "column_A", "column_B")]
    return tuple(dict.fromkeys([*named, *rule.arguments.get(_CONDITION, {})]))


def failures(rules: Suite, columns: Mapping[str, pa.Array]) -> dict[str, npt.NDArray[np.int64]]:
    """Positions of the rows that fail, by rule id; rules without failures are absent. Raises RuleNotRun.

    All rules are asked first whether they hold, which costs half as much as asking for rows; those that do not are
    asked again, for every row.
    """
    if not rules.expectations.expectations or not columns or not len(next(iter(columns.values()))):
        return {}
    frame = pd.DataFrame({name: series(columns[name]) for name in rules.columns})
    failing = {_rule_id(answer) for answer in _answers(rules.expectations, frame, "BOOLEAN_ONLY") if not answer.success}
    if not failing:
        return {}
    asked = [e for e in rules.expectations.expectations if (e.meta or {})["rule_id"] in failing]
    answers = _answers(gx.ExpectationSuite("failing", expectations=asked), frame, RESULT_FORMAT)
    return {_rule_id(answer): _positions(answer) for answer in answers}


def _answers(
    suite: gx.ExpectationSuite, frame: pd.DataFrame, result_format: Literal["BOOLEAN_ONLY"] | dict[str, Any]
) -> list[ExpectationValidationResult]:
    """One answer for each expectation. Raises RuleNotRun when one is missing or could not be evaluated."""
    with _ASKING:
        validator = Validator(_batch_definition(), result_format, {"dataframe": frame})
        answers = validator.validate_expectation_suite(suite).results
    if len(answers) != len(suite.expectations):
        raise RuleNotRun(f"{len(suite.expectations)} rules were asked, {len(answers)} answered")
    for answer in answers:
        if (answer.exception_info or {}).get("raised_exception", True):
            raise RuleNotRun(f"rule {_rule_id(answer)} did not run: {_reason(answer)}")
    return list(answers)


def expectation(rule: Rule) -> Expectation:
    """A rule as an expectation that carries its id. Raises DefinitionError."""
    kind = getattr(gxe, str(rule.expectation), None)
    if kind is None:
        known = [name for name in dir(gxe) if name.startswith("Expect") and name != "Expectation"]
        problem = f"Great Expectations has no {rule.expectation}"
        raise _mistake(rule, "expectation", problem, nearest(str(rule.expectation), known))
    given = {k: v for k, v in rule.arguments.items() if k != _CONDITION}
    try:
        built = kind(**given, row_condition=_condition(rule), meta={"rule_id": rule.rule_id})
    except (ValidationError, TypeError) as error:
        fix = f"write what {rule.expectation} takes"
        raise _mistake(rule, "arguments", " ".join(str(error).split()), fix) from error
    return cast("Expectation", built)


def _mistake(rule: Rule, key: str, problem: str, fix: str) -> DefinitionError:
    file = "common" if rule.record_type == "*" else rule.record_type
    return DefinitionError(f"{file}.yml", f"{rule.rule_id}.{key}", problem, fix=fix)


def series(values: pa.Array) -> pd.Series[Any]:
    """A typed column as Great Expectations compares it fastest and exactly."""
    if pa.types.is_decimal(values.type):
        return pd.Series(_unscaled(values) / 10.0**values.type.scale)
    if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
        return pd.Series(pc.fill_null(values.cast(pa.float64()), float("nan")).to_numpy(zero_copy_only=False))
    if pa.types.is_date(values.type):
        return pd.Series(values.cast(pa.timestamp("s")).to_numpy(zero_copy_only=False))
    if pa.types.is_timestamp(values.type):
        return pd.Series(values.cast(pa.timestamp("us")).to_numpy(zero_copy_only=False))
    if pa.types.is_boolean(values.type):
        values = values.cast(pa.string())
    return pd.Series(values, dtype=pd.ArrowDtype(pa.string()))


def _unscaled(values: pa.Array) -> npt.NDArray[np.float64]:
    """The integers of a decimal128 column of at most 18 digits: the low half of each 16 bytes."""
    buffer = values.buffers()[1]
    low = np.frombuffer(buffer, dtype="<i8", count=2 * (values.offset + len(values)))[::2][values.offset :]
    return np.where(pc.is_valid(values).to_numpy(zero_copy_only=False), low.astype(np.float64), np.nan)


def _condition(rule: Rule) -> Condition | None:
    """``when: {field: [values]}`` with all fields to hold; booleans are written true and false."""
    parts = [Column(name).is_in(list(map(str, values))) for name, values in rule.arguments.get(_CONDITION, {}).items()]
    return functools.reduce(operator.and_, parts) if parts else None


@functools.cache
def _batch_definition() -> BatchDefinition[Any]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
    return (
        context.data_sources.add_pandas("rows").add_dataframe_asset("rows").add_batch_definition_whole_dataframe("rows")
    )


def _rule_id(result: ExpectationValidationResult) -> str:
    assert result.expectation_config is not None
    return str((result.expectation_config.meta or {})["rule_id"])


def _positions(result: ExpectationValidationResult) -> npt.NDArray[np.int64]:
    count = result.result.get("unexpected_count")
    positions = np.array(result.result.get("unexpected_index_list") or [], dtype=np.int64)
    if not count or len(positions) != count:
        raise RuleNotRun(f"rule {_rule_id(result)}: {count} rows fail, {len(positions)} were named")
    return positions


def _reason(result: ExpectationValidationResult) -> str:
    details = result.exception_info or {}
    nested = [v for v in details.values() if isinstance(v, dict)] or [details]
    return str(nested[0].get("exception_message"))
