"""A notice as a person writes it: what fits is read, each mistake is told where it stands; and every day is checked."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

import chinese_calendar
import pytest

from quality.notices import Notice, read_notice, shipped_notices
from quality.working_days import FOLDER, calendar_of, read_calendar
from schemas.errors import DefinitionError

SHIPPED = shipped_notices(FOLDER)
LAST = max(each.year for each in SHIPPED)
YEAR = LAST + 1
HEAD = f"year: {YEAR}\nannounced: {LAST}-11-10\nsource: 通知\nconfidence: confirmed\n"
SPANS = f"""spans:
- {{holiday: 元旦, kind: off, first_day: {LAST}-12-31, last_day: {YEAR}-01-03}}
- {{holiday: 国庆节, kind: off, first_day: {YEAR}-10-01, last_day: {YEAR}-10-07}}
"""


def read(text: str, known: Sequence[Notice] = SHIPPED) -> Notice:
    return read_notice("notice.yml", text.encode(), known)


def weekday_of(month: int) -> dt.date:
    """A Wednesday of the new year."""
    first = dt.date(YEAR, month, 8)
    return first + dt.timedelta(days=(2 - first.weekday()) % 7)


def test_every_day_since_2004_is_as_an_independent_package_has_it() -> None:
    calendar = read_calendar(FOLDER, announced_by="2026-11-28")
    days = [calendar.first_day + dt.timedelta(days=n) for n in range((calendar.last_day - calendar.first_day).days + 1)]
    assert (days[0], days[-1]) == (dt.date(2004, 1, 1), dt.date(2026, 12, 31))
    assert [day for day in days if chinese_calendar.is_workday(day) != calendar.is_working_day(day)] == []


def test_a_notice_of_the_next_year_follows_and_reaches_back_over_its_edge() -> None:
    notice = read(HEAD + SPANS)
    assert (notice.year, notice.revision, notice.spans[0].kind) == (YEAR, 1, "off")
    calendar = calendar_of([*SHIPPED, notice])
    assert calendar.last_day == dt.date(YEAR, 12, 31)
    assert not calendar.is_working_day(dt.date(LAST, 12, 31))


def test_a_change_of_a_year_says_which_revision_it_corrects() -> None:
    first = read(HEAD + SPANS)
    with pytest.raises(DefinitionError, match=rf"corrects: {YEAR} is there already, revision 1; fix: .*corrects: 1"):
        read(HEAD + SPANS, [*SHIPPED, first])
    second = read(f"{HEAD}corrects: 1\n{SPANS}", [*SHIPPED, first])
    assert second.revision == 2
    assert calendar_of([*SHIPPED, first, second]).version == calendar_of([*SHIPPED, second]).version


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEAD.replace(str(YEAR), str(YEAR + 1), 1) + SPANS, rf"notice.yml:1: year: {YEAR + 1} does not follow {LAST}"),
        (f"{HEAD}corrects: 1\n{SPANS}", rf"corrects: there is no notice of {YEAR} to correct"),
        (f"{HEAD}{SPANS}- {{holiday: x, kind: off, first_day: {YEAR + 1}-05-01}}\n", rf"notice.yml:8: .*is no day of {YEAR}"),
        (f"{HEAD}{SPANS}- {{holiday: x, kind: work, first_day: {YEAR}-10-02}}\n", rf"{YEAR}-10-02 is named twice"),
        (f"{HEAD}{SPANS}- {{holiday: x, kind: work, first_day: {weekday_of(3)}}}\n", "is no weekend: it is worked anyway"),
        (f"{HEAD}{SPANS}- {{holiday: x, kind: off, first_day: {YEAR}-03-05, last_day: {YEAR}-03-01}}\n", "last_day"),
        (f"{HEAD}{SPANS}- {{holiday: x, kind: free, first_day: {YEAR}-03-05}}\n", "kind"),
        (f"{HEAD.replace('source: 通知', '')}{SPANS}", "source: is missing"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text)
    assert any(re.search(told, str(each)) for each in caught.value.all)
