"""The SQL inside ``quality/rules``, complete and linted as SQL files are: ``python -m tests.sql_of_rules``.

A rule for every record type is expanded for the first type that has it. sqlfluff names the file, which is named after the rule.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping

from quality.catalogue import RuleSet, load_rules
from schemas.contract import RECORD_TYPES

ROOT = pathlib.Path(__file__).parents[1]
#: Columns of a select are known by position: (row_no, value, expected, field).
POSITIONAL = ("AL03", "AL08")
#: What the selects do not keep to yet: style alone, none changes a result.
NOT_YET = ("AL04", "AM03", "AM06", "ST03", "ST09")


def statements(rules: RuleSet) -> dict[str, str]:
    """Rule id -> its select with every name in braces filled in."""
    found: dict[str, str] = {}
    for record_type in RECORD_TYPES:
        for rule in rules.sql_rules(record_type):
            found.setdefault(rule.rule_id, str(rule.select).strip() + "\n")
    return found


def lint(selects: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What sqlfluff says of some selects by the configuration of the SQL files; its exit code is 0 when it is nothing."""
    with tempfile.TemporaryDirectory() as folder:
        for rule_id, select in selects.items():
            pathlib.Path(folder, f"{rule_id}.sql").write_text(select, encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "sqlfluff",
            "lint",
            "--disable-progress-bar",
            "--config",
            str(ROOT / "pyproject.toml"),
        ]
        command += ["--exclude-rules", ",".join((*_excluded(), *POSITIONAL, *NOT_YET)), "."]
        return subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)


def _excluded() -> list[str]:
    """What the SQL files are not held to either; the command line replaces the configuration's list."""
    configuration = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    excluded: list[str] = configuration["tool"]["sqlfluff"]["core"]["exclude_rules"]
    return excluded


if __name__ == "__main__":
    told = lint(statements(load_rules()))
    sys.stdout.write(told.stdout + told.stderr)
    sys.exit(told.returncode)
