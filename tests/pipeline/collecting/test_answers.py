"""One run asks once for records that stand inside others, and never less than a feed needs."""

from __future__ import annotations

import datetime as dt
import pathlib

from pipeline.collecting.answers import Answers
from schemas.delivery import Credentials, Window
from tests.connectors.speaking import Asked, Said, System, defined, policies

NESTED = """
paging: {kind: single}
window: {since_param: since, until_param: until, lookback: 1d}
response: {items: rows, total: total}
records:
  policy: {path: /policies}
  endorsement: {within: policy, path: edrs, inherit: {policy_no: policy_no}}
  claim: {path: /claims}
"""
NOW = dt.datetime(2026, 11, 18, 1, 30, tzinfo=dt.UTC)


def test_what_was_asked_for_policies_serves_their_endorsements_unless_they_need_more(tmp_path: pathlib.Path) -> None:
    def script(asked: Asked, _number: int) -> Said:
        return Said({"rows": [row | {"edrs": []} for row in policies(1)], "total": 1})

    system = System(script)
    answers = Answers(defined(tmp_path, NESTED, system.url))
    day, week = (Window(NOW - dt.timedelta(days=n), NOW) for n in (1, 7))
    later = Window(day.since, NOW + dt.timedelta(seconds=3))

    policy = answers.of("policy", day, Credentials)
    served = answers.of("endorsement", later, Credentials)
    assert len(system.asked) == 1
    assert served.fetched.payloads == policy.fetched.payloads
    assert served.window == day, "the cursor goes as far as the answer, not further"
    assert policy.fetched.control is not None
    assert served.fetched.control is None, "what is declared counts the policies"

    for wider in (week, Window(None, NOW)):
        asked = len(system.asked)
        assert answers.of("endorsement", wider, Credentials).window == wider
        assert len(system.asked) == asked + 1, "a feed that is behind asks by itself"
    asked = len(system.asked)
    answers.of("claim", day, Credentials)
    answers.of("policy", day, Credentials)
    assert len(system.asked) == asked + 2, "a record type of its own is always asked for"
    system.stop()
