"""What stands around the content of a page: who is signed in, where the reader is, how old the data are."""

from __future__ import annotations

from dataclasses import dataclass

THEMES = ("auto", "light", "dark")


def theme_of(cookie: str | None) -> str:
    """The colour scheme that the cookie ``theme`` names; ``auto``, the system's, for anything else."""
    return cookie if cookie in THEMES else THEMES[0]


@dataclass(frozen=True)
class MenuEntry:
    """One line of the left menu. ``group`` is a heading above the first entry of a group; ``count_text`` is what waits there."""

    label: str
    href: str
    icon: str = "list"
    is_current: bool = False
    group: str | None = None
    count_text: str | None = None


@dataclass(frozen=True)
class Crumb:
    """One step of the breadcrumb; the last one, the page itself, has no address."""

    label: str
    href: str | None = None


@dataclass(frozen=True)
class Viewer:
    """The person signed in, in words: ``kind`` like 市级监管人员, ``scope`` like 青岛市."""

    login: str
    name: str
    kind: str
    scope: str


@dataclass(frozen=True)
class Frame:
    """All that ``layout.html`` needs besides the content.

    ``path`` is this page's address with its query, to come back to after the language was switched; ``data_as_of``,
    ``standby_lag`` (of what the page was read from) and ``watermark_date`` are texts; ``theme`` is what the cookie ``theme`` says: auto, light or dark.
    """

    platform_name: str
    path: str = "/"
    menu: tuple[MenuEntry, ...] = ()
    crumbs: tuple[Crumb, ...] = ()
    viewer: Viewer | None = None
    csrf_token: str = ""
    data_as_of: str | None = None
    watermark_date: str = ""
    has_errors: bool = False
    theme: str = "auto"
    sign_out_action: str = "/sign-out"
    language_action: str = "/language"
    home_href: str = "/"
    standby_lag: str | None = None


@dataclass(frozen=True)
class Column:
    """A table's column. ``sort_href`` makes its head a link; ``sorted`` is ascending, descending or None."""

    label: str
    is_number: bool = False
    sort_href: str | None = None
    sorted: str | None = None


@dataclass(frozen=True)
class Figure:
    """One published figure as a card shows it: every value is a text that needs no more rounding.

    ``direction`` is higher_is_better, lower_is_better or neutral; ``meets_target`` None = there is no target, or no value;
    ``bounds`` is the interval of a provisional value; ``change`` is the signed difference to last month in words or figures, ``is_better`` its judgement (None = neither).
    """

    label: str
    value: str | None
    unit: str
    direction: str
    numerator: str = ""
    denominator: str = ""
    target: str | None = None
    meets_target: bool | None = None
    completeness: str | None = None
    change: str | None = None
    is_better: bool | None = None
    is_below_floor: bool = False
    is_provisional: bool = False
    bounds: str | None = None
    href: str | None = None
    why_href: str | None = None
    records_href: str | None = None
