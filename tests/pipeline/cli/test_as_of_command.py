"""``anze as-of`` and ``anze indicator at``, as a person runs them."""

from __future__ import annotations

import csv
import io
import pathlib

import pytest
import sqlalchemy as sa

from tests.pipeline.conftest import Anze
from tests.warehouse.building import at, load_rows, policy


@pytest.fixture
def told(engine: sa.Engine, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    """An installation whose database knows P1 in two versions, of the 18th and the 19th."""
    span = {"cover_start_date": at(18).date(), "cover_end_date": at(30).date(), "employee_count": 8}
    load_rows(engine, tmp_path, "policy", [policy("P1", at(16), **span), policy("P2", at(16), **span)], at(18))
    load_rows(engine, tmp_path, "policy", [policy("P1", at(17), **span | {"employee_count": 9})], at(19))
    monkeypatch.setenv("ANZE_DATABASE_URL", engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("ANZE_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("ANZE_CLOCK_OFFSET", str(10 * 365 * 86400))
    return engine


@pytest.mark.usefixtures("told")
def test_a_table_is_listed_as_it_was_known(anze: Anze) -> None:
    def versions(known_at: str) -> list[tuple[str, int, int]]:
        answer = anze("as-of", "policy", "--as-of", "2026-11-20", "--known-at", known_at, "--json").json
        return [(row["record_key"], row["version_id"], row["employee_count"]) for row in answer["rows"]]

    assert versions("2026-11-18T09:00") == [("P1", 1, 8), ("P2", 2, 8)]
    assert versions("2026-11-18") == versions("2026-11-19T00:59:59.999999Z") == [("P1", 1, 8), ("P2", 2, 8)]
    assert versions("2026-11-19T09:00+08:00") == [("P1", 3, 9), ("P2", 2, 8)]


@pytest.mark.usefixtures("told")
def test_what_is_listed_says_where_it_came_from(anze: Anze) -> None:
    shown = anze("as-of", "policy", "--as-of", "2026-11-20", "--known-at", "2026-11-19", "--key", "P1")
    assert shown.code == 0
    assert all(part in shown.out for part in ("lichun", "P1", "rows.json", "2026-11-30"))
    assert "1 of 1 rows, as of 2026-11-20, known at 2026-11-19T23:59:59.999999+08:00" in shown.err
    written = anze("as-of", "policy", "--as-of", "2026-11-20", "--known-at", "2026-11-19", "--limit", "1", "--csv").out
    (row,) = csv.DictReader(io.StringIO(written))
    assert (row["record_key"], row["batch_id"], row["employee_count"]) == ("P1", "2", "9")
    assert "contact_phone" not in row
    assert anze("as-of", "policy", "--as-of", "2026-11-17").code == 1


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("policies",), "there is no table policies; nearest: policy"),
        (("policy", "--known-at", "2099-01-01"), "what will be known is not known"),
        (("policy", "--known-at", "yesterday"), "is no moment"),
        (("policy", "--as-of", "2026-13-01"), "is no day"),
    ],
)
def test_a_question_that_has_no_answer_is_refused_in_clear_words(
    anze: Anze, arguments: tuple[str, ...], said: str
) -> None:
    refused = anze("as-of", *arguments)
    assert refused.code == 2
    assert said in " ".join(refused.err.replace("│", " ").split())


def test_a_figure_of_a_pair_that_was_not_published_is_computed_and_says_so(anze: Anze, told: sa.Engine) -> None:
    pair = ("--as-of", "2026-11-20", "--known-at", "2026-11-18T12:00")
    shown = anze("indicator", "at", "insured_enterprise_count", *pair, "--json")
    assert [cell["region_code"] for cell in shown.json] == ["370000"]
    assert "not published: computed now, nothing stored" in shown.err
    with told.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from mart.publication").scalar_one() == 0
    assert anze("indicator", "at", "I1", "--publication", "1", *pair).code == 2
    assert anze("indicator", "at", "I1", "--period", "ytd", *pair).code == 2
