"""Reference pages for those who write rules and indicators: what both are written with, read from the code that runs them."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Iterable, Mapping
from typing import get_args

from quality import amounts, catalogue
from quality.catalogue import load_rules
from quality.derived import derived_names
from quality.rule_files import RuleEntry
from schemas.contract import RECORD_TYPES, load_contract
from schemas.findings import Tier
from schemas.generate import table
from warehouse.database import ddl
from warehouse.indicators import catalogue as indicators
from warehouse.indicators import queries, rollup
from warehouse.loading import rules as sql_rules

MIGRATIONS = pathlib.Path(sql_rules.__file__).parents[1] / "migrations" / "sql"

#: Of each tier: when it runs, its shape, what it returns. A tier without words stops the page.
TIERS: dict[str, tuple[str, str, str]] = {
    "file": ("before any row is read", "code of connectors; the entry says its words", "the delivery is rejected"),
    "mapping": ("while a row becomes canonical text", "code of connectors; the entry says its words", "a finding at a cell or column"),
    "field": ("while text becomes typed columns", "code of quality.cast, from the contract; the entry says its words", "a finding at a field"),
    "record": ("chunk by chunk, on typed rows that are no withdrawals", "`expectation` and `arguments` of Great Expectations, one or two columns, derived ones too; `when: {field: [values]}` for some rows only", "failing rows; the first of `fields` is the place"),
    "bound": ("when all rows are staged; every record type, registers too", "`select`", "(row_no, value, expected, field)"),
    "orphan": ("when all rows are staged", "`select` and `parent`, the record type whose arrival closes the finding", "(row_no, parent_key)"),
    "cross": ("when all rows are staged; written for every type only of insurers' types", "`select`", "(row_no, value, expected[, field])"),
    "batch": ("when all rows are staged; registers too", "`select`", "(row_no or null for the whole batch, value, expected[, field])"),
    "history": ("when it is known what became of each row", "`select` over the profiles of this delivery and those before it", "(null, value, expected, field)"),
}  # fmt: skip
#: Of each key of an entry, what it says.
KEYS = {
    "id": "as `POL-014`; never used again, also when the rule is gone",
    "title": "`{zh, en}`",
    "severity": "`error` holds the row (of the whole batch: every row), `warning` loads it with a finding",
    "tier": "when it runs, see below",
    "fields": "fields that it speaks of; the first one is the place of a finding without a field of its own",
    "message": "`{zh, en}` with `{field}`, `{value}`, `{expected}`; of a rule without `select` and `expectation` also what its reader or loader names",
    "remedy": "`{zh, en}`: what its sender is to do",
    "basis": "the law or standard with its article, or a section of a page of `docs/` that exists",
    "confidence": "confirmed, secondary or assumption",
    "version": "counts up when its meaning changes",
    "valid_from": "first business date that it judges; none = ever",
    "valid_to": "last business date that it judges; none = ever",
    "expectation": "class of Great Expectations",
    "arguments": "of the expectation",
    "select": "failing rows, one SQL select without parameters but those below",
    "parent": "tier orphan",
    "told": "`column`: one finding a column with its number of cells; warnings of tier field only",
}
#: Bind parameters of a rule's select.
PARAMETERS = {
    "insurer_id": "the sender",
    "batch_id": "the batch being loaded",
    "received_at": "its receipt",
    "channel": "api, drop, submit or register",
    "declared_row_count": "what its sender declared, or null",
    "declared_amount_field": "the amount that a sum was declared of, or null",
    "declared_amount": "the declared sum, or null",
    "replaces": "`all`, `window`, or null for a delivery of changes",
}
#: Names in braces that are filled with SQL of the record type.
NAMES = {
    "record_type": "name of the record type, as in `core.{record_type}_current`",
    "key_match": "whether core's row `c` has the key of staged row `s`",
    "key_text": "the key of `c` as one text",
    "bounds": "`values` of bounds/deliveries.yml: (name, value, insurer_id, record_type, valid_from, valid_to)",
    "amounts_to_hold": "rows above `hold_above` of bounds/amounts.yml: (row_no, value, expected, field)",
    "amounts_to_tell": "rows above `warn_above`, the same",
    "is_other_content": "whether `s` and `c` differ in anything but number and bookkeeping",
    "is_other_subject": "whether they differ in the contract's `subject`",
    "subject_said": "the subject of `s` as text",
    "subject_known": "the subject of `c` as text",
    "subject_field": "name of the subject's field as text",
}
#: Columns of ``staged`` before those of the contract.
STAGED = {
    "row_no": "row of the batch, from 1",
    "place": "where it stands in its file",
    "insurer_id": "the sender",
    "record_key": "the key's parts joined with `|`; null where one is missing",
    "content_hash": "of everything that the row says",
}
#: Bind parameters of an indicator's SQL.
MOMENTS = {
    "as_of": "the as-of day D, equal to `period_end`",
    "period_start": "first day of the period, included",
    "period_end": "last day of the period, included",
    "known_at": "moment K: only versions known then count",
}
#: Columns that an indicator's SQL returns, in this order.
CONTRIBUTION = {
    "record_type": "type of the record that contributes, as text",
    "record_id": "its `version_id`",
    "unit": "what a `distinct` definition counts once; else null",
    "insurer_id": "whose figure it is; null where the indicator knows no insurer",
    "region_code": "area of the contribution, any code of the register of regions",
    "business_date": "the day on which that code is looked up",
    "domain_code": "sector, CL-DOMAIN",
    "numerator": "its part of the numerator; null counts as 0",
    "denominator": "its part of the denominator; null counts as 0",
    "exclusion": "null, or the reason why it is left out and told apart",
}
PERIODS = {
    "as_of": "the as-of day alone",
    "month": "from the first day of its month",
    "ytd": "from 1 January",
    "rolling12": "the twelve months that end on it",
}
_RELATION = re.compile(r"\b(?:from|join)\s+((?:core|reference)\.\w+)(\(:known_at\))?")


def pages() -> dict[str, str]:
    """The pages by file name."""
    return {"writing-rules.md": _rules(), "indicator-sql.md": _indicators()}


def _rules() -> str:
    rules = load_rules()
    own = load_contract("policy")
    parts = [
        "# Writing a rule",
        ("One entry in `quality/rules/<record type>.yml` (`common.yml` speaks of every type) and two files, "
        "`tests/rules/<RULE-ID>/pass.csv` and `fail.csv`. Nothing else is to be written."),
        "## Keys of an entry",
        _listed(("key", "needed", "says"), ((k, _yes(f.is_required()), KEYS[k]) for k, f in sorted(RuleEntry.model_fields.items()))),
        "## Tiers",
        _listed(("tier", "when", "shape", "returns", "rules"), ((t, *TIERS[t], str(_count(t))) for t in get_args(Tier))),
        ("A select reads `staged` and `core.*` as they were before the batch, in the load's transaction; "
        f"tiers with a select: {', '.join(catalogue.SQL_TIERS)}. Withdrawals (`operation_code = 'D'`) are staged too."),
        "## Columns of `staged`",
        _listed(("column", "is"), [*STAGED.items(), ("...", "every field of the contract, typed")]),
        "## Parameters",
        _listed(("parameter", "is"), ((f":{name}", PARAMETERS[name]) for name in sql_rules.PARAMETERS)),
        "## Names in braces",
        _listed(("name", "stands for"), (("{" + n + "}", NAMES[n]) for n in rules.names_for(own))),
        _listed(("fragment", "is"), (("{" + n + "}", _heading(text)) for n, text in sorted(rules.fragments.items()))),
        "## Derived columns of tier record",
        ", ".join(f"`{name}`" for name in derived_names()),
        "## Bounds of amounts and counts",
        f"`quality/rules/{amounts.FILE}` holds {len(rules.amount_bounds)} entries for ENV-010 (held) and ENV-011 (told):",
        _listed(
            ("record type", "field", "sector", "of", "warn above", "hold above"),
            ((b.record_type, b.field, b.domain, b.of or "", *_limits(b)) for b in rules.amount_bounds),
        ),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _indicators() -> str:
    keys = indicators.DefinitionEntry.model_fields
    needed, optional = (
        [str(f.validation_alias or k) for k, f in keys.items() if f.is_required() is is_needed]
        for is_needed in (True, False)
    )
    parts = [
        "# The SQL of an indicator",
        ("`warehouse/indicators/definitions/<id>.sql` holds one select of contributions at record grain; roll-up, ratio, "
        "rounding, drill-down and `report.explain_cell` are there already. Its head says `-- grain:`, `-- scope:`, "
        "`-- exclusions:` and `-- limits:`."),
        ("A variant that differs in one condition has no SQL: its definition says `base: <id>` and `filter: <condition>`, "
        "and the base's SQL says where the condition goes: `/* filter */`, at the end of a `where`."),
        "## Parameters",
        _listed(("parameter", "is"), ((f":{name}", MOMENTS[name]) for name in sorted(indicators.PARAMETERS))),
        _listed(("period", "is"), ((kind, PERIODS[kind]) for kind in get_args(indicators.PeriodKind))),
        "## Columns to return, in this order",
        _listed(("column", "is"), ((name, CONTRIBUTION[name]) for name in rollup.COLUMNS)),
        "## Relations that it may read",
        "Prepared once for a moment and shared by all indicators:",
        _listed(("relation", "columns"), ((n, ", ".join(_columns(text))) for n, text in queries.prepared_relations().items())),
        "Records as they were known at a moment, withdrawn ones left out: "
        + ", ".join(f"`core.{name}_known(:known_at)`" for name in RECORD_TYPES)
        + ". Their columns are those of the [contract](contracts) and "
        + ", ".join(f"`{name}`" for name in ddl.HUB_COLUMNS)
        + ".",
        "Used by the indicators of today: " + ", ".join(f"`{name}`" for name in _used()) + ". Tables of versions "
        "(`core.<type>`), temporary tables and writing are not for it.",
        "## Keys of the definition",
        (f"Needed: {_names(needed)}. May be: {_names(optional)}. "
        "What they mean stands in [indicators.md](../indicators.md)."),
    ]  # fmt: skip
    return "\n\n".join(parts)


def _listed(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    return "\n".join(table(columns, ([f"`{first}`", *rest] for first, *rest in rows)))


def _yes(is_so: bool) -> str:
    return "yes" if is_so else ""


def _count(tier: str) -> int:
    return sum(rule.tier == tier for rule in load_rules().rules)


def _limits(bound: amounts.AmountBound) -> tuple[str, str]:
    if bound.unbounded:
        return "", bound.unbounded
    return tuple("" if value is None else f"{value:,}" for value in (bound.warn_above, bound.hold_above))  # type: ignore[return-value]  # of two


def _heading(text: str) -> str:
    """The comment that a fragment begins with, as one line."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        lines.append(line.removeprefix("--").strip())
    return " ".join(lines)


def _columns(select: str) -> list[str]:
    """Names of the columns that a prepared relation has."""
    if found := re.fullmatch(r"select \* from (core\.\w+)\(:known_at\)", " ".join(select.split())):
        return _function_columns()[found[1]]
    body = select.partition("\nfrom ")[0]
    return re.findall(r"(?:as |\.)(\w+),?$", body, re.MULTILINE)


def _function_columns() -> Mapping[str, list[str]]:
    """Columns of the functions of schema core that return a table, as the newest migration made them."""
    found: dict[str, list[str]] = {}
    for path in sorted(MIGRATIONS.glob("*/*.sql")):
        for name, columns in re.findall(
            r"function (core\.\w+)\([^)]*\)\s+returns table \((.*?)\n\)", path.read_text(encoding="utf-8"), re.DOTALL
        ):
            found[name] = re.findall(r"^\s*(\w+) ", columns, re.MULTILINE)
    return found


def _used() -> list[str]:
    texts = [d.contributions_sql for d in indicators.load_definitions().values()]
    return sorted({name + suffix for text in texts for name, suffix in _RELATION.findall(text)})


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
