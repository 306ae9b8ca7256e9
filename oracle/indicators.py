"""Every published indicator, computed a second time in exact decimals from docs/indicators.md.

Shares no code with the warehouse. Grain of the result: one cell an indicator, period, region, sector and insurer.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from oracle import claims, coverage, fees, hazards, obligations, services, timeliness
from oracle.cells import (
    ALL,
    Cell,
    CellKey,
    Contribution,
    Depth,
    Exclusion,
    Meaning,
    Period,
    PeriodKind,
    Unit,
    exclusion,
    periods,
    roll_up,
    show,
)
from oracle.world import Records, Verdict, World, build

Rows = Callable[[World, Period], Iterable[Contribution]]
Progress = Callable[[str, float], None]
"""Called with what is being done and the share done, 0 to 1."""

_AS_OF: tuple[PeriodKind, ...] = ("as_of",)
_YEARS: tuple[PeriodKind, ...] = ("ytd", "rolling12")
_ALL_PERIODS: tuple[PeriodKind, ...] = ("month", "ytd", "rolling12")


@dataclass(frozen=True)
class Definition:
    """One indicator: how records contribute, where and for which periods it has a meaning."""

    rows: Rows
    meaning: Meaning
    periods: tuple[PeriodKind, ...]


def _defined(
    rows: Rows,
    kinds: tuple[PeriodKind, ...],
    depth: Depth,
    cuts: str,
    unit: Unit = "percent",
    *,
    is_distinct: bool = False,
) -> Definition:
    """``cuts``: D = by sector, I = by insurer."""
    return Definition(rows, Meaning(depth, "D" in cuts, "I" in cuts, unit, is_distinct), kinds)


CATALOGUE: Mapping[str, Definition] = {
    "coverage_ratio": _defined(coverage.coverage_ratio, _AS_OF, "county", "D"),
    "insured_enterprise_count": _defined(
        coverage.insured_enterprise_count, _AS_OF, "county", "DI", "count", is_distinct=True
    ),
    "full_staff_ratio": _defined(coverage.full_staff_ratio, _AS_OF, "county", "D"),
    "adequate_limit_ratio": _defined(coverage.adequate_limit_ratio, _AS_OF, "county", "DI"),
    "compliant_coverage_ratio": _defined(coverage.compliant_coverage_ratio, _AS_OF, "county", "D"),
    "paid_coverage_ratio": _defined(coverage.paid_coverage_ratio, _AS_OF, "county", "D"),
    "cover_continuity_ratio": _defined(coverage.cover_continuity_ratio, _ALL_PERIODS, "county", "D"),
    "loss_ratio_simple": _defined(claims.loss_ratio_simple, _YEARS, "city", "DI"),
    "loss_ratio_received": _defined(claims.loss_ratio_received, _YEARS, "city", "DI"),
    "loss_ratio_with_expense": _defined(claims.loss_ratio_with_expense, _YEARS, "city", "DI"),
    "earned_loss_ratio": _defined(claims.earned_loss_ratio, _YEARS, "city", "DI"),
    "claim_closing_ratio": _defined(claims.claim_closing_ratio, _ALL_PERIODS, "county", "DI"),
    "advance_payment_share": _defined(claims.advance_payment_share, _YEARS, "city", "DI"),
    "service_completion_ratio": _defined(services.service_completion_ratio, _ALL_PERIODS, "county", "DI"),
    "service_on_time_ratio": _defined(services.service_on_time_ratio, _ALL_PERIODS, "county", "DI"),
    "service_completion_uncapped_ratio": _defined(
        services.service_completion_uncapped_ratio, _ALL_PERIODS, "county", "DI"
    ),
    "obligation_completion_ratio": _defined(obligations.obligation_completion_ratio, _ALL_PERIODS, "county", "DI"),
    "service_breadth_ratio": _defined(services.service_breadth_ratio, _ALL_PERIODS, "county", "DI", is_distinct=True),
    "hazard_rectification_ratio": _defined(hazards.hazard_rectification_ratio, _ALL_PERIODS, "county", "DI"),
    "general_hazard_rectification_ratio": _defined(
        hazards.general_hazard_rectification_ratio, _ALL_PERIODS, "county", "DI"
    ),
    "major_hazard_rectification_ratio": _defined(
        hazards.major_hazard_rectification_ratio, _ALL_PERIODS, "county", "DI"
    ),
    "due_rectification_ratio": _defined(hazards.due_rectification_ratio, _ALL_PERIODS, "county", "DI"),
    "guided_rectification_ratio": _defined(hazards.guided_rectification_ratio, _ALL_PERIODS, "county", "DI"),
    "punctual_rectification_ratio": _defined(hazards.punctual_rectification_ratio, _ALL_PERIODS, "county", "DI"),
    "mean_rectification_days": _defined(hazards.mean_rectification_days, _ALL_PERIODS, "county", "DI", "days"),
    "fee_payment_ratio": _defined(fees.fee_payment_ratio, _YEARS, "city", "I"),
    "fee_input_ratio": _defined(fees.fee_input_ratio, _YEARS, "city", "I"),
    "fee_per_service": _defined(fees.fee_per_service, _YEARS, "county", "DI", "yuan"),
    "accrued_unpaid_ratio": _defined(fees.accrued_unpaid_ratio, _YEARS, "city", "I"),
    "timeliness_ratio": _defined(timeliness.timeliness_ratio, _ALL_PERIODS, "province", "I"),
}


@dataclass(frozen=True)
class Computed:
    """All cells, and how many rows were left out for which reason."""

    cells: Mapping[CellKey, Cell]
    exclusions: Mapping[Exclusion, int]


def silent(_what: str, _share: float) -> None:
    """Progress that nobody watches."""


def compute(
    records: Records, as_of: dt.date, verdicts: Sequence[Verdict] = (), progress: Progress = silent
) -> Computed:
    """Every cell from the records known at one moment (record type -> (insurer_id, record), none withdrawn).

    Registers stand in ``records`` too. Without ``verdicts`` the timeliness ratio is 0 / 0.
    """
    world = build(records, as_of, verdicts)
    found: dict[CellKey, Cell] = {}
    left_out: Counter[Exclusion] = Counter()
    spans = periods(as_of)
    for done, (indicator, definition) in enumerate(CATALOGUE.items(), 1):
        for kind in definition.periods:
            rows = list(definition.rows(world, spans[kind]))
            found.update(_cells(indicator, kind, rows, definition.meaning))
            left_out.update(
                Exclusion(indicator, kind, row.insurer_id or ALL, reason)
                for row in rows
                if (reason := exclusion(row)) is not None
            )
        progress(indicator, done / len(CATALOGUE))
    return Computed(found, left_out)


def _cells(
    indicator: str, kind: PeriodKind, rows: Sequence[Contribution], meaning: Meaning
) -> Iterable[tuple[CellKey, Cell]]:
    for key, (numerator, denominator) in roll_up(rows, meaning).items():
        yield CellKey(indicator, kind, *key), show(numerator, denominator, meaning.unit)
