"""One insurer, rule, indicator, variant, DAG, record type and calendar year more: exactly the files that README and
CONTRIBUTING.md name.

All of it is added to one copy of the program, each step asked which files it took; then the copy runs its quick suite.
"""

from __future__ import annotations

import csv
import os
import pathlib
import re
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest
import yaml

from pipeline.settings import ROOT

LEFT_OUT = shutil.ignore_patterns(".git", ".venv", "var", "__pycache__", ".*_cache", ".hypothesis", "*.egg-info")
DEFINITIONS = pathlib.Path("warehouse/indicators/definitions")
#: Quick tests that nothing of this can break: they know no insurer, rule, indicator, DAG, record type and calendar.
UNMOVED = (
    "tests/connectors/parse",
    "tests/connectors/test_fetch_faults.py",
    "tests/connectors/test_fetch_wire.py",
    "tests/deploy/test_containers.py",
    "tests/deploy/test_units.py",
    "tests/portal/look",
)
#: The case of an added indicator: a folder, whatever stands in it.
MADE_UP = "tests/warehouse/indicators/cases/made_up/"
RULE = """
- id: POL-970
  title: {zh: 产品已停售, en: Product is sold no more}
  severity: warning
  tier: cross
  fields: [product_name]
  message: {zh: "产品“{value}”已停售", en: "Product {value} is sold no more"}
  remedy: {zh: 请核对, en: Check it}
  basis: docs/why-rules.md#fields
  confidence: assumption
  select: |
    select
        s.row_no,
        s.product_name,
        cast(null as text)
    from staged as s
    where s.product_name = '停售产品'
"""


class Copy:
    """A copy of the program in which things are added."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("ANZE_", "PYTEST_"))}
        self.environ = {**ours, "PYTHONPATH": str(root), "PYTHONPYCACHEPREFIX": str(root.with_name("compiled"))}
        self.taken: dict[Callable[[Copy], None], set[str]] = {}

    def add(self, step: Callable[[Copy], None]) -> None:
        """Add something; ``taken`` then says in which files: a migration's number is N, a calendar's year YEAR."""
        before = self._files()
        step(self)
        after = self._files()
        assert set(before) <= set(after)
        found = {name for name, content in after.items() if before.get(name) != content}
        named = {re.sub(r"/\d{4}-1\.csv", "/YEAR-1.csv", re.sub(r"v1_\d{4}", "v1_N", name)) for name in found}
        self.taken[step] = {name for name in named if not name.startswith(MADE_UP)}

    def anze(self, *arguments: str) -> None:
        self.run("-c", "from pipeline.cli import main; main()", *arguments)

    def run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=self.root, env=self.environ, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
        return done.stdout

    def _files(self) -> dict[str, bytes]:
        return {str(p.relative_to(self.root)): p.read_bytes() for p in self.root.rglob("*") if p.is_file()}


def add_insurer(copy: Copy) -> None:
    copy.anze("insurer", "new", "laike", "--dialect", "csv_utf8", "--name", "来客财产保险(模拟)")


def add_rule(copy: Copy) -> None:
    with (copy.root / "quality/rules/policy.yml").open("a", encoding="utf-8") as file:
        file.write(RULE)
    rows = list(csv.DictReader((copy.root / "tests/rules/POL-001/pass.csv").read_text("utf-8").splitlines()))
    folder = copy.root / "tests/rules/POL-970"
    folder.mkdir()
    for name, product in (("pass", rows[0]["product_name"]), ("fail", "停售产品")):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
            writer.writeheader()
            writer.writerow({**rows[0], "product_name": product})


def add_indicator(copy: Copy) -> None:
    folder, cases = copy.root / DEFINITIONS, copy.root / "tests/warehouse/indicators/cases"
    said = yaml.safe_load((folder / "claim_closing_ratio.yml").read_text(encoding="utf-8"))
    said |= {"indicator": "grown_ratio", "code": "I97", "name": {"zh": "新增率", "en": "grown ratio"}}
    said = {key: value for key, value in said.items() if key not in ("golden", "independent_check")}
    (folder / "grown_ratio.yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    shutil.copy(folder / "claim_closing_ratio.sql", folder / "grown_ratio.sql")
    shutil.copytree(cases / "claims_reopened_and_orphans", cases / "made_up")
    expected = cases / "made_up" / "expected.csv"
    expected.write_text(expected.read_text("utf-8").replace("claim_closing_ratio", "grown_ratio"), "utf-8")


def add_variant(copy: Copy) -> None:
    folder = copy.root / DEFINITIONS
    said = yaml.safe_load((folder / "major_hazard_rectification_ratio.yml").read_text(encoding="utf-8"))
    said |= {"indicator": "severe_ratio", "code": "I96", "filter": "h.hazard_level_code <> '10'"}
    del said["independent_check"]
    (folder / "severe_ratio.yml").write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")


def add_dag(copy: Copy) -> None:
    text = (copy.root / "dags/publish.py").read_text(encoding="utf-8")
    (copy.root / "dags/publish_again.py").write_text(
        text.replace("def publish()", "def publish_again()").replace("\npublish()", "\npublish_again()"), "utf-8"
    )


def add_record_type(copy: Copy) -> None:
    said = ("--name", "培训记录", "--family", "service", "--key", "training_no", "--event", "trained_at")
    copy.anze("record-type", "new", "training", *said)


def add_calendar_year(copy: Copy) -> None:
    folder = copy.root / "quality/calendar"
    last = max(int(path.name[:4]) for path in folder.glob("????-*.csv"))
    (folder / f"{last + 1}-1.csv").write_text(
        f"holiday,kind,first_day,last_day\n元旦,off,{last + 1}-01-01,{last + 1}-01-03\n", encoding="utf-8"
    )
    with (folder / "notices.csv").open("a", encoding="utf-8") as file:
        file.write(f"{last + 1},1,{last}-12-24,国务院办公厅关于{last + 1}年部分节假日安排的通知,assumption\n")


#: What is added, and the files that it takes, in the order in which they are added.
STEPS: dict[Callable[[Copy], None], set[str]] = {
    add_insurer: {"sandbox/province/insurers/laike.yml"},
    add_rule: {"quality/rules/policy.yml", "tests/rules/POL-970/pass.csv", "tests/rules/POL-970/fail.csv"},
    add_indicator: {str(DEFINITIONS / "grown_ratio.yml"), str(DEFINITIONS / "grown_ratio.sql")},
    add_variant: {str(DEFINITIONS / "severe_ratio.yml")},
    add_dag: {"dags/publish_again.py"},
    add_record_type: {
        "schemas/training.odcs.yaml",
        "schemas/field_notes.yml",
        "quality/rules/training.yml",
        "warehouse/migrations/versions/v1_N_training.py",
        "warehouse/migrations/sql/v1_N/training.sql",
    },
    add_calendar_year: {"quality/calendar/YEAR-1.csv", "quality/calendar/notices.csv"},
}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    """A copy to which everything was added, with the files that each step took."""
    root = tmp_path_factory.mktemp("grown") / "program"
    shutil.copytree(ROOT, root, ignore=LEFT_OUT)
    copy = Copy(root)
    for add in STEPS:
        copy.add(add)
    copy.anze("docs")
    return copy


def test_each_thing_more_takes_the_files_that_are_said(grown: Copy) -> None:
    assert grown.taken == STEPS


def test_nothing_that_was_added_breaks_a_test(grown: Copy, tmp_path: pathlib.Path) -> None:
    """The quick suite of the grown program, which leaves this module out, and what is the same in any program."""
    left_out = (f"--ignore={place}" for place in UNMOVED)
    grown.run("-m", "pytest", "-n", "0", "-m", "not slow", "--basetemp", str(tmp_path / "base"), *left_out)
