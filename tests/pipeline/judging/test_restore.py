"""A database restored to an earlier moment: everything that was acknowledged since comes back from the landing store."""

from __future__ import annotations

import pathlib

import pytest
import sqlalchemy as sa

from pipeline.services.installation import FIRST_NIGHT, NIGHT
from pipeline.services.postgres import Cluster
from sandbox import drops
from sandbox.truth import Record, build
from tests.conftest import fresh_database
from tests.object_server import ObjectServer
from tests.pipeline.conftest import Anze

CLERK = "tianquan"
SAID = ("batch_id", "insurer_id", "record_type", "received_at", "duplicate_of", "again_of", "state", "reason_code")


@pytest.fixture(scope="module")
def policies() -> list[Record]:
    rows = [row for row in build(5, 0.01).feed(CLERK, "policy", None, FIRST_NIGHT) if row["operation_code"] != "D"]
    return [row for row in rows if row["issue_date"].year == NIGHT.year and row["previous_policy_no"] is None]


@pytest.fixture(params=["folder", "bucket"])
def landing(request: pytest.FixtureRequest, installed: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where bytes land: in the installation's folder, or in a bucket with versions."""
    if request.param == "folder":
        return
    server: ObjectServer = request.getfixturevalue("object_server")
    for name, value in {**server.environ(), "ANZE_LANDING": server.bucket(versioned=True)}.items():
        monkeypatch.setenv(name, value)


def test_what_was_acknowledged_after_the_backup_comes_back(
    landing: None, installed: pathlib.Path, anze: Anze, policies: list[Record], cluster: Cluster, engine: sa.Engine,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def submit(number: int) -> None:
        (installed / f"{number}").mkdir(exist_ok=True)
        file = drops.write_file(
            "csv_utf8", installed / f"{number}", "policy", policies[number : number + 1], NIGHT.date()
        )
        assert anze("submit", CLERK, "policy", file).code == 0

    submit(0)
    anze("ledger", "keep")
    backup = engine.url.database
    with sa.create_engine(cluster.url("postgres"), isolation_level="AUTOCOMMIT").connect() as admin:
        admin.execute(
            sa.text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :n"), {"n": backup}
        )
    with fresh_database(cluster, str(backup)) as restored:
        for number in (1, 2, 1):
            submit(number)
        (installed / "bad.csv").write_text("no,such,columns\n1,2,3\n", encoding="utf-8")
        anze("submit", CLERK, "policy", installed / "bad.csv")
        told = anze("batch", "list", "--json").json
        assert [each["state"] for each in told] == ["rejected", "duplicate", "loaded", "loaded", "loaded"]

        monkeypatch.setenv("ANZE_DATABASE_URL", restored)
        assert len(anze("batch", "list", "--json").json) == 1
        refused = anze("submit", CLERK, "policy", installed / "bad.csv")
        assert (refused.code, "anze landing reconcile" in refused.err) == (4, True)
        assert any("anze landing reconcile" in line for line in anze("verify", "--json").json["not_run"])
        assert anze("landing", "reconcile", "--dry-run", "--json").json["landed"] == [2, 3, 4, 5]
        assert anze("landing", "reconcile").code == 0
        assert anze("landing", "reconcile", "--json").json["landed"] == []

        anze("intake")
        again = anze("batch", "list", "--json").json
        assert [{name: each[name] for name in SAID} for each in again] == [
            {name: each[name] for name in SAID} for each in told
        ]
        anze("publish")
        assert anze("verify", "--json").json["is_good"]
        assert anze("ledger", "verify", "--json").json["links_broken"] == 0
        submit(3)
        assert anze("batch", "list", "--json").json[0]["batch_id"] == 6
