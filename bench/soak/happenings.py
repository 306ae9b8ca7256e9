"""What may happen in a random history. Each step is small; one that finds nothing to act upon delivers something new."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from bench.soak.shelf import cancelled, changed, spoiled
from bench.soak.story import API, CHOSEN, CSV, Story, key_of
from bench.soak.world import DAWN, province
from connectors.definition import REGULATOR
from pipeline import steps
from pipeline.deciding import decide
from pipeline.judging.replay import Wanted, choose, replay
from sandbox import registers
from schemas.errors import RetryLater
from warehouse.database.engine import connect
from warehouse.landing.decisions import Choice

#: The statement at which a load's connection may be cut: a small load has about so many.
CUT_BY = 70


def deliver(story: Story) -> str:
    """New records of one insurer, children now and then before their parents."""
    insurer_id = story.drawn.choice(CHOSEN)
    count = story.drawn.randint(1, 5)
    taken, story.shelves[insurer_id] = story.shelves[insurer_id][:count], story.shelves[insurer_id][count:]
    stamp = {"source_updated_at": story.stamp(), "operation_code": "I", "correction_reason_text": None}
    story.deliver(insurer_id, [(name, row | stamp) for name, row in taken])
    return f"deliver {insurer_id} {[name for name, _ in taken]}"


def redeliver(story: Story) -> str:
    """The same bytes again: an old file under a new name, or the interface asked once more."""
    if story.files and story.drawn.random() < 0.6:
        old = story.drawn.choice(story.files)
        twin = old.with_name(f"{old.stem}-again{next(story.serial)}{old.suffix}")
        shutil.copy(old, twin)
        story.load(steps.intake(story.hub))
        return f"redeliver {old.name} as {twin.name}"
    record_type = story.drawn.choice([name for i, name, _ in story.told if i == API] or ["policy"])
    story.load(story.collect(API, record_type))
    story.load(story.collect(API, record_type))
    return f"redeliver {API} {record_type}"


def correct(story: Story) -> str:
    """A newer version of a record, sometimes two of them."""
    found = [one for one in (story.some_told(), story.some_told()) if one]
    for insurer_id, name, row in found:
        latest = story.told[insurer_id, name, key_of(name, row)]
        story.deliver(insurer_id, [(name, changed(name, latest, story.drawn, story.stamp()))])
    return f"correct {[name for _, name, _ in found]}" if found else deliver(story)


def correct_late(story: Story) -> str:
    """A version older than the one that is known, told after it."""
    found = story.some_told()
    if not found:
        return deliver(story)
    insurer_id, name, row = found
    before = row["source_updated_at"] - dt.timedelta(minutes=story.drawn.choice([0, 1, 5000]))
    older = changed(name, row, story.drawn, before)
    story.deliver(insurer_id, [(name, older)])
    story.told[insurer_id, name, key_of(name, row)] = row
    return f"correct late {name}"


def cancel(story: Story) -> str:
    """A policy is surrendered: endorsement and refund."""
    found = story.some_told("policy")
    if not found:
        return deliver(story)
    story.deliver(found[0], cancelled(found[2], story.drawn, story.stamp()))
    return f"cancel {found[2]['policy_no']}"


def delete(story: Story) -> str:
    """A record is taken back."""
    found = story.some_told()
    if not found:
        return deliver(story)
    insurer_id, name, row = found
    gone = {"operation_code": "D", "source_updated_at": story.stamp(), "correction_reason_text": "误报撤销"}
    story.deliver(insurer_id, [(name, row | gone)])
    return f"delete {name}"


def reorder(story: Story) -> str:
    """Two versions received one after the other, the second loaded first."""
    found = story.some_told()
    if not found:
        return deliver(story)
    insurer_id, name, row = found
    batches = []
    for _ in range(2):
        story.tell(insurer_id, name, [changed(name, row, story.drawn, story.stamp())])
        batches += story.collect(insurer_id, name)
        story.moment += dt.timedelta(minutes=2)
    story.load(batches[::-1])
    return f"reorder {name} {batches}"


def crash(story: Story) -> str:
    """The connection is cut at some statement of landing or loading; then the schedule runs again."""
    insurer_id, name, row = story.some_told() or (CSV, *story.shelves[CSV][0])
    story.tell(insurer_id, name, [changed(name, row, story.drawn, story.stamp())])
    at, cut = story.drawn.randint(1, CUT_BY), "not reached"
    with _cut_at(story, at):
        try:
            story.load(story.collect(insurer_id, name))
        except RetryLater:
            cut = "cut"
    story.load(story.collect(insurer_id, name))
    steps.intake(story.hub)
    return f"crash {insurer_id} {name} at statement {at}: {cut}"


@contextlib.contextmanager
def _cut_at(story: Story, number: int) -> Iterator[None]:
    counted = itertools.count(1)

    def strike(_connection: Any, cursor: Any, *_: object) -> None:
        if next(counted) == number:
            pid = cursor.connection.get_backend_pid()
            story.databases.run(f"select pg_terminate_backend({pid}, 1000)")

    sa.event.listen(story.engine, "before_cursor_execute", strike)
    try:
        yield
    finally:
        sa.event.remove(story.engine, "before_cursor_execute", strike)


def restart(story: Story) -> str:
    """Something was landed and nobody loaded it; every connection ends, and the intake takes up the work."""
    found = story.some_told()
    if found:
        insurer_id, name, row = found
        story.tell(insurer_id, name, [changed(name, row, story.drawn, story.stamp())])
        story.collect(insurer_id, name)
    story.engine.dispose()
    story.engine = connect(story.url)
    return f"restart, then intake of {steps.intake(story.hub)}"


def backfill(story: Story) -> str:
    """A past window of the interface is collected again."""
    since = DAWN + (story.moment - DAWN) * story.drawn.random()
    until = since + (story.moment - since) * story.drawn.random()
    names = sorted({name for i, name, _ in story.told if i == API}) or ["policy"]
    hub = story.hub
    for name in story.drawn.sample(names, min(2, len(names))):
        secrets = lambda: hub.settings.credentials(API)  # noqa: E731
        story.load(steps.collect(hub, hub.definition(API), name, until, secrets, since=since))
    return f"backfill {since:%d %H:%M} to {until:%d %H:%M}"


def spoil(story: Story) -> str:
    """Rows with an unknown code: new ones, or versions of what is known."""
    found = story.some_told()
    if not found:
        return deliver(story)
    insurer_id, name, row = found
    wrong = spoiled(name, changed(name, row, story.drawn, story.stamp()))
    story.deliver(insurer_id, [(name, wrong)])
    story.told[insurer_id, name, key_of(name, row)] = row
    story.bad.append((insurer_id, (name, row)))
    return f"bad row of {name}"


def mend(story: Story) -> str:
    """A row that was held comes again, right this time."""
    if not story.bad:
        return spoil(story)
    insurer_id, (name, row) = story.bad.pop()
    story.deliver(insurer_id, [(name, changed(name, row, story.drawn, story.stamp()))])
    return f"mended row of {name}"


def register(story: Story) -> str:
    """A register's row changes: an enterprise moves, or need no longer be insured."""
    stamp = {"employee_count": story.drawn.randint(1, 900), "source_updated_at": story.stamp()}
    chosen = story.drawn.choice(province().registers["enterprise"]) | stamp
    day = DAWN.date() + dt.timedelta(days=next(story.serial))
    changed_only = dataclasses.replace(province(), registers={"enterprise": [chosen]})
    registers.write_registers(changed_only, story.folder / "drop" / REGULATOR, day)
    steps.sync_insurer(story.hub, REGULATOR)
    return f"register {chosen['credit_code']}"


def publish(story: Story) -> str:
    """Figures are published as of the day before."""
    return f"publish {steps.publish(story.hub).publication_id}"


def replay_some(story: Story) -> str:
    """Some batches are judged again, in the order received."""
    hub = story.hub
    found = choose(hub, Wanted(insurer_ids=(story.drawn.choice(CHOSEN),)))
    chosen = sorted(story.drawn.sample(found, min(len(found), story.drawn.randint(1, 4))))
    replay(hub, chosen)
    return f"replay {chosen}"


def replace(story: Story) -> str:
    """A list of everything, or of everything of some days, which lacks a record or two; a person decides when asked."""
    found = story.some_told()
    if not found:
        return deliver(story)
    insurer_id, name, _ = found
    rows = [
        row for (i, n, _), row in story.told.items() if (i, n) == (insurer_id, name) and row["operation_code"] != "D"
    ]
    kept = story.drawn.sample(rows, max(1, len(rows) - story.drawn.randint(0, 2)))
    landed = story.submit(insurer_id, name, kept, "all")
    if landed.state != "received":
        return f"replace {insurer_id} {name}: {landed.state}"
    report = steps.load(story.hub, landed.batch_id)
    choice: Choice = "accept" if story.drawn.random() < 0.7 else "refuse"
    if report.state == "awaiting":
        decide(story.hub, landed.batch_id, choice, "soak", "核对过")
    if report.state != "awaiting" or choice == "accept":
        for row in rows:
            if row not in kept:
                del story.told[insurer_id, name, key_of(name, row)]
    return f"replace {insurer_id} {name}: {len(kept)} of {len(rows)}, {report.state}, {choice}"


def renumber(story: Story) -> str:
    """A policy gets another number; what still names the old one follows."""
    found = story.some_told("policy")
    if not found:
        return deliver(story)
    insurer_id, _, row = found
    number = f"{row['policy_no']}N{next(story.serial)}"
    moved = {name: row[name] for name in ("insurer_code", "branch_code", "source_record_no")} | {
        "operation_code": "I", "source_updated_at": story.stamp(), "correction_reason_text": "系统切换",
        "record_type_code": "policy", "old_no": row["policy_no"], "new_no": number,
        "effective_date": story.moment.date(),
    }  # fmt: skip
    landed = story.submit(insurer_id, "renumbering", [moved])
    state = steps.load(story.hub, landed.batch_id).state
    if story.drawn.random() < 0.7:
        del story.told[insurer_id, "policy", key_of("policy", row)]
        story.told[insurer_id, "policy", number] = row | {"policy_no": number}
    return f"renumber {row['policy_no']} to {number}: {state}"


Step = Callable[[Story], str]
#: Every step, with how often it comes.
STEPS: dict[Step, int] = {
    deliver: 8, redeliver: 3, correct: 5, correct_late: 3, cancel: 2, delete: 2, reorder: 2, crash: 4, restart: 2,
    backfill: 2, spoil: 3, mend: 2, register: 1, publish: 3, replay_some: 4, replace: 3, renumber: 3,
}  # fmt: skip
