"""The working-day calendar and the five-working-day rule: every vector of the domain reference."""

import datetime as dt
import pathlib
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quality.calendar_page import calendar_markdown
from quality.working_days import FOLDER, event_date, read_calendar
from schemas.errors import DefinitionError

HEAD = "year,revision,announced,source,confidence\n"
#: As announced by a day, so that the next notice changes nothing here.
CALENDAR = read_calendar(FOLDER, announced_by="2026-11-28")
DAY = dt.timedelta(days=1)

#: Event date: deadline, or - for undetermined.
DEADLINES = {
    "2022-12-30": "2023-01-09", "2024-04-03": "2024-04-11", "2026-01-01": "2026-01-08",
    "2023-01-20": "2023-02-01", "2024-04-30": "2024-05-10", "2026-02-11": "2026-02-25",
    "2023-01-28": "2023-02-02", "2024-09-13": "2024-09-23", "2026-02-13": "2026-02-27",
    "2023-04-28": "2023-05-09", "2024-09-30": "2024-10-12", "2026-02-14": "2026-02-28",
    "2023-06-21": "2023-06-29", "2024-12-31": "2025-01-08", "2026-02-15": "2026-02-28",
    "2023-09-22": "2023-10-07", "2025-01-24": "2025-02-07", "2026-04-30": "2026-05-11",
    "2023-09-28": "2023-10-11", "2025-01-25": "2025-02-07", "2026-06-18": "2026-06-26",
    "2023-12-29": "2024-01-08", "2025-01-27": "2025-02-10", "2026-09-18": "2026-09-24",
    "2024-02-08": "2024-02-21", "2025-04-30": "2025-05-12", "2026-09-24": "2026-10-09",
    "2024-02-09": "2024-02-22", "2025-09-27": "2025-10-10", "2026-09-30": "2026-10-13",
    "2026-10-03": "2026-10-13", "2025-09-30": "2025-10-14", "2026-11-21": "2026-11-27",
    "2026-12-23": "2026-12-30", "2025-12-31": "2026-01-08", "2026-12-24": "2026-12-31",
    "2026-12-25": "-", "2026-12-28": "-", "2026-12-31": "-",
    "2027-01-04": "-", "2003-12-31": "-",
}  # fmt: skip

WORKING_DAYS = {2020: 249, 2021: 250, 2022: 249, 2023: 249, 2024: 251, 2025: 248, 2026: 248}
MAKE_UP_DAYS = {2023: 7, 2024: 8, 2025: 5, 2026: 6}

published = st.dates(min_value=CALENDAR.first_day, max_value=CALENDAR.last_day)
any_day = st.dates(min_value=dt.date(1990, 1, 1), max_value=dt.date(2050, 12, 31))


@pytest.mark.parametrize(("event", "deadline"), DEADLINES.items())
def test_the_fifth_working_day_after_an_event(event: str, deadline: str) -> None:
    found = CALENDAR.deadline(dt.date.fromisoformat(event), 5)
    assert str(found or "-") == deadline


def test_complaints_take_ten_or_thirty_working_days() -> None:
    event = dt.date(2026, 9, 18)
    assert CALENDAR.deadline(event, 10) == dt.date(2026, 10, 9)
    assert CALENDAR.deadline(event, 30) == dt.date(2026, 11, 5)
    with pytest.raises(ValueError, match="at least one working day"):
        CALENDAR.deadline(event, 0)


def test_the_calendar_covers_what_is_published() -> None:
    assert (CALENDAR.first_day, CALENDAR.last_day) == (dt.date(2004, 1, 1), dt.date(2026, 12, 31))
    assert CALENDAR.version.startswith("2026-")
    for year, count in WORKING_DAYS.items():
        assert sum(day.year == year for day in CALENDAR.working_days) == count
    make_up = [day for day, note in CALENDAR.notes.items() if note.startswith("调休上班")]
    for year, count in MAKE_UP_DAYS.items():
        assert sum(day.year == year for day in make_up) == count
    for day in (dt.date(2003, 12, 31), dt.date(2027, 1, 4)):
        with pytest.raises(LookupError, match="outside the published calendar"):
            CALENDAR.is_working_day(day)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        ("2018-12-29", True),  # the notice for 2019 reached back into 2018
        ("2018-12-31", False),
        ("2020-01-31", False),  # prolonged on 2020-01-27
        ("2020-02-01", False),
        ("2020-02-03", True),
        ("2015-09-03", False),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-11-21", False),
    ],
)
def test_days_that_differ_from_their_weekday(day: str, is_working: bool) -> None:
    assert CALENDAR.is_working_day(dt.date.fromisoformat(day)) == is_working


def test_five_working_days_span_five_to_fifteen_days() -> None:
    events = [dt.date(2023, 1, 1) + n * DAY for n in range((dt.date(2026, 12, 24) - dt.date(2023, 1, 1)).days + 1)]
    spans = [(deadline - event).days for event in events if (deadline := CALENDAR.deadline(event, 5))]
    assert (len(spans), min(spans), max(spans)) == (len(events), 5, 15)


@given(any_day, any_day)
def test_a_later_event_never_has_an_earlier_deadline(one: dt.date, other: dt.date) -> None:
    first, second = CALENDAR.deadline(min(one, other), 5), CALENDAR.deadline(max(one, other), 5)
    if first and second:
        assert first <= second


@given(published, st.integers(1, 40))
def test_exactly_so_many_working_days_lie_between(event: dt.date, count: int) -> None:
    deadline = CALENDAR.deadline(event, count)
    if deadline is None:
        left = sum(day > event for day in CALENDAR.working_days)
        assert left < count
        return
    between = [event + n * DAY for n in range(1, (deadline - event).days + 1)]
    assert sum(map(CALENDAR.is_working_day, between)) == count
    assert CALENDAR.is_working_day(deadline)
    assert event < deadline <= CALENDAR.last_day


@given(st.dates(min_value=dt.date(2026, 12, 25), max_value=dt.date(2100, 1, 1)))
def test_a_year_without_a_notice_is_never_guessed(event: dt.date) -> None:
    assert CALENDAR.deadline(event, 5) is None


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-20", "2026-11-20"),
        (" 2026-11-20 ", "2026-11-20"),
        ("2026-11-20T23:59:59+08:00", "2026-11-20"),
        ("2026-11-20T16:30:00Z", "2026-11-21"),
        ("2026-11-20T16:30:00", "2026-11-20"),  # no offset: +08:00
        ("2026-11-20 15:59:59.999Z", "2026-11-20"),
    ],
)
def test_an_event_has_the_date_of_shanghai(text: str, day: str) -> None:
    assert event_date(text) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "text",
    ["", "20261120", "2026-W47-5", "2026-11-31", "2026-11-20Tnoon", "昨天", "2026/11/20", "9999-12-31T23:00:00Z"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        event_date(text)


def test_rows_for_the_warehouse_count_on() -> None:
    rows = list(CALENDAR.rows())
    assert (rows[0]["day"], rows[-1]["day"]) == (CALENDAR.first_day, CALENDAR.last_day)
    assert rows[-1]["working_day_no"] == len(CALENDAR.working_days)
    by_number = {row["working_day_no"]: row["day"] for row in rows if row["is_working_day"]}
    by_day = {row["day"]: row for row in rows}
    for event, deadline in DEADLINES.items():
        day = dt.date.fromisoformat(event)
        if day in by_day:  # the rule as the warehouse computes it
            number = by_day[day]["working_day_no"]
            assert isinstance(number, int)
            assert str(by_number.get(number + 5, "-")) == deadline


def test_a_change_inside_a_year_is_a_new_version() -> None:
    before = read_calendar(FOLDER, announced_by="2020-01-26")
    assert before.is_working_day(dt.date(2020, 1, 31))
    assert before.version != CALENDAR.version
    assert not CALENDAR.is_working_day(dt.date(2020, 1, 31))


def test_loading_the_next_notice_settles_what_was_undetermined(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "calendar"
    shutil.copytree(FOLDER, folder)
    before = read_calendar(folder)
    year = before.last_day.year + 1
    with (folder / "notices.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"{year},1,{year - 1}-12-01,test,confirmed\n")
    (folder / f"{year}-1.csv").write_text(
        f"holiday,kind,first_day,last_day\n元旦,off,{year}-01-01,{year}-01-03\n", encoding="utf-8"
    )
    after = read_calendar(folder)
    assert before.deadline(before.last_day, 1) is None
    deadline = after.deadline(before.last_day, 1)
    assert deadline is not None
    assert dt.date(year, 1, 4) <= deadline <= dt.date(year, 1, 6)
    assert after.version != before.version


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("2026-1.csv", "holiday,kind,first_day,last_day\n元旦,off,2026-01-32,2026-01-03\n", r"2026-1.csv:2: first_day"),
        ("2026-1.csv", "holiday,kind,first_day,last_day\n元旦,free,2026-01-01,2026-01-03\n", r"2026-1.csv:2: 元旦"),
        (
            "notices.csv",
            "year,revision,announced,source,confidence\n2024,1,,x,y\n2026,1,,x,y\n",
            r"not one unbroken row",
        ),
        ("notices.csv", "year,revision,announced,source,confidence\n2026,9,,x,y\n", r"2026-9.csv: file: is missing"),
        (
            "notices.csv",
            f"{HEAD}2026,1,,x,y\n2026,1,,x,y\n",
            r"notices.csv:3: 2026-1: stands twice; fix: a change .* next",
        ),
        (
            "notices.csv",
            f"{HEAD}二〇二六,1,,x,y\n",
            r"notices.csv:2: 二〇二六-1: is no year and revision; fix: .*digits",
        ),
        ("notices.csv", f"{HEAD}2026,1\n", r"notices.csv:2: row: has 2 cells; fix: write year,revision,announced"),
        ("2099-1.csv", "holiday,kind,first_day,last_day\n", r"2099-1.csv: file: has no notice; fix: add its line to"),
        ("2026-1.csv", "节日,kind,first_day,last_day\n", r"2026-1.csv:1: header: is 节日,.*; fix: write holiday,kind"),
    ],
)
def test_a_mistake_in_the_calendar_is_named(tmp_path: pathlib.Path, file: str, text: str, message: str) -> None:
    folder = tmp_path / "calendar"
    shutil.copytree(FOLDER, folder)
    (folder / file).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=message):
        read_calendar(folder)


def test_a_calendar_file_may_come_from_a_spreadsheet_in_utf_8_only(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "calendar"
    shutil.copytree(FOLDER, folder)
    path = folder / "2026-1.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text, encoding="utf-8-sig")
    assert read_calendar(folder).version == read_calendar(FOLDER).version
    path.write_text(text, encoding="gb18030")
    with pytest.raises(DefinitionError, match=r"2026-1.csv:2: document: is not UTF-8; fix: save it as UTF-8"):
        read_calendar(folder)


def test_the_page_lists_years_and_days() -> None:
    page = calendar_markdown(CALENDAR)
    assert "| 2026 | 248 | 国务院办公厅关于2026年部分节假日安排的通知 | 1 | 2025-11-04 | confirmed |" in page
    assert "| 2026-02-15 至 2026-02-23 | 春节放假 |" in page
    assert "| 2026-10-10 | 调休上班(国庆节) |" in page
