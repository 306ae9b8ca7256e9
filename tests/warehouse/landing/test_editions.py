"""What judged a batch is kept as it was, and reads back as what it was."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa

from connectors.definition import REGULATOR, definition_of, load_definition, load_definitions
from quality.catalogue import load_rules, rules_of
from schemas.errors import SetupError
from tests.warehouse.building import at, rows_of
from warehouse.landing import editions
from warehouse.landing.editions import Edition


def test_every_text_reads_back_under_its_digest(engine: sa.Engine) -> None:
    rules, definitions = load_rules(), [*load_definitions(environ={}).values(), load_definition(REGULATOR, environ={})]
    kept = [Edition(d.digest, "definition", d.texts) for d in definitions]
    editions.keep(engine, [*kept, Edition(rules.version, "ruleset", rules.texts)], at(1))
    read = rules_of(editions.read(engine, "ruleset", rules.version))
    assert read.version == rules.version
    assert read.sql_rules("claim") == rules.sql_rules("claim")
    for definition in definitions:
        texts = editions.read(engine, "definition", definition.digest)
        assert definition_of(definition.insurer_id, texts, {}) == definition


def test_an_edition_is_kept_once_and_never_changes(engine: sa.Engine) -> None:
    texts = {"insurers/x.yml": "name: 甲\r\n", "vendors/y.yml": "\ufeffvendor: y\n"}
    for day in (1, 2):
        editions.keep(engine, [Edition("d1", "definition", texts)], at(day))
    assert editions.read(engine, "definition", "d1") == texts
    assert rows_of(engine, "select digest, first_used_at from landing.edition") == [("d1", at(1))]
    with pytest.raises(SetupError, match="ruleset d1 is not kept"):
        editions.read(engine, "ruleset", "d1")
    with pytest.raises(sa.exc.IntegrityError, match="never rewritten"), engine.begin() as connection:
        connection.execute(sa.text("update landing.edition set first_used_at = :at"), {"at": at(1) - dt.timedelta(1)})
