"""The portal of two insurers and a city, over a database of its own for all tests of the folder."""

from __future__ import annotations

import csv
import io
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from sandbox import drops
from sandbox.truth import Record, build
from tests.conftest import fresh_database
from tests.portal.front import Front, Session, front

INSURER, OTHER = "lichun", "yushui"


@pytest.fixture(scope="session")
def office(cluster: Cluster, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """A running portal with accounts of both insurers, a city, the province and an auditor."""
    with fresh_database(cluster, template) as url, front(url, tmp_path_factory.mktemp("office")) as opened:
        for insurer, name in ((INSURER, "own"), (OTHER, "other")):
            opened.account(f"office_{name}", "insurer_submitter", insurer_id=insurer)
            opened.account(f"office_{name}_reader", "insurer_reader", insurer_id=insurer)
        opened.account("office_city", "city", region_codes=("370200",))
        opened.account("office_province", "province")
        opened.account("office_auditor", "auditor")
        yield opened


@pytest.fixture
def clerk(office: Front) -> Session:
    """A clerk who hands in."""
    return office.session("office_own")


@pytest.fixture(scope="session")
def policies() -> list[Record]:
    """Policies of the sandbox's year, when every rule is in force, that renew no other; some by further numbers, too."""
    rows = build(5, 0.01).feed(INSURER, "policy", None, FIRST_NIGHT)
    recent = [row for row in rows if row["issue_date"].year == NIGHT.year and row["operation_code"] != "D"]
    first = [row for row in recent if row["previous_policy_no"] is None]
    return first + [
        {**row, "policy_no": f"{row['policy_no']}X", "source_record_no": f"{row['source_record_no']}X"} for row in first
    ]


@pytest.fixture
def file_of(tmp_path: object) -> object:
    """Write records as a file in one of the forms that spreadsheets save."""

    def written(rows: list[Record], form: str = "csv_utf8") -> bytes:
        return drops.write_file(form, tmp_path, "policy", rows, NIGHT.date()).read_bytes()  # type: ignore[arg-type]

    return written


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A disk of four megabytes. Where none can be mounted the test is told as not run: that takes root."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("NOT RUN: no small disk to fill: mounting one takes root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def changed(content: bytes, row: int, column: str, value: str) -> bytes:
    """A CSV file with another value in one cell; rows from 0 below the header."""
    lines = list(csv.reader(io.StringIO(content.decode())))
    lines[row + 1][lines[0].index(column)] = value
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(lines)
    return out.getvalue().encode()
