"""The SQL inside ``quality/rules``, linted as written and as SQL files are: ``python -m tests.sql_of_rules``."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from sqlfluff.core import FluffConfig, Linter

from quality.catalogue import RuleSet, load_rules

ROOT = Path(__file__).parents[1]
#: Columns of a select are known by position, (row_no, value, expected, field); a fragment may stand in brackets.
HELD_OTHERWISE = ["AL03", "AL08", "CV07"]
#: What the selects do not keep to yet: style alone, none changes a result.
NOT_YET = ["AL04", "AM03", "AM06", "ST03", "ST09"]
#: A name in braces stands for itself, but for those that are no expression.
PLACEHOLDER = {
    "param_regex": r"(?<![:\w])[:{](?P<param_name>[a-z_]+)\}?",
    "comparable": "bound as (select 1 as one)",
    "comparable_columns": "column_history as (select 1 as one)",
}


def statements(rules: RuleSet) -> dict[str, str]:
    """Each rule's select by its id, and each fragment by its name; a fragment of ``with`` is made a whole statement."""
    selects = {rule.rule_id: str(rule.select).strip() for rule in rules.rules if rule.select is not None}
    for name, text in rules.fragments.items():
        selects[name] = f"with\n\n{text}\n\nselect 1 as one" if PLACEHOLDER.get(name) else text
    return selects


def lint(selects: Mapping[str, str]) -> list[str]:
    """What sqlfluff says of some selects by the configuration of the SQL files, a line each."""
    linter = Linter(_configuration())
    return [
        f"{name}: line {found.line_no}: {found.rule_code()}: {found.desc()}"
        for name, select in selects.items()
        for found in linter.lint_string(select + "\n", name).get_violations()
    ]


def _configuration() -> FluffConfig:
    exclude = FluffConfig.from_path(str(ROOT)).get("exclude_rules")
    config = FluffConfig.from_path(
        str(ROOT), overrides={"exclude_rules": ",".join([*exclude, *HELD_OTHERWISE, *NOT_YET])}
    )
    placeholder = config.get_section(("templater", "placeholder"))
    placeholder.clear()
    placeholder.update(PLACEHOLDER)
    return config


if __name__ == "__main__":
    told = lint(statements(load_rules()))
    sys.stdout.writelines(f"{line}\n" for line in told)
    sys.exit(bool(told))
