"""The sender: tries what waits, receiver by receiver, and keeps what became of it.

A receiver that fails is left alone until its next time, and holds up no other. A message is sent at least once: a sender
that dies between the answer and its note sends it again, under the same id.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from pipeline.alerting import channels, digest
from pipeline.alerting.channels import Letter
from pipeline.alerting.clock import is_working_day
from pipeline.alerting.configuration import MAIL_SECRETS, Configuration, Receiver, configuration, receivers
from pipeline.alerting.content import content_of
from pipeline.hub import Hub
from schemas.delivery import Credentials
from schemas.errors import AuthRefused, ReceiverRefuses, ReceiverUnavailable, RetryLater, SetupError
from schemas.time_zone import SHANGHAI
from warehouse.alerts import outbox
from warehouse.alerts.catalogue import LEVELS
from warehouse.alerts.outbox import Message
from warehouse.database.engine import database_errors

logger = logging.getLogger(__name__)
#: Secrets by the name of a receiver, or ``mail`` for the mail server.
GetSecrets = Callable[[str], Credentials]


@dataclass(frozen=True)
class Delivered:
    """What a run of the sender came to, in messages; ``failing`` are receivers and what they said."""

    sent_count: int = 0
    folded_count: int = 0
    given_up_count: int = 0
    failing: tuple[tuple[str, str], ...] = ()

    def __add__(self, other: Delivered) -> Delivered:
        return Delivered(
            self.sent_count + other.sent_count, self.folded_count + other.folded_count,
            self.given_up_count + other.given_up_count, self.failing + other.failing,
        )  # fmt: skip


def deliver(hub: Hub, secrets: GetSecrets, at: dt.datetime | None = None) -> Delivered:
    """Send what is due now. Raises nothing for a receiver's faults: they are kept with the message, and told."""
    moment = at or hub.now()
    known, decided = receivers(), configuration()
    with database_errors("reading the outbox"), hub.engine.connect() as connection:
        names = outbox.due_receivers(connection, moment)
    total = Delivered()
    for name in names:
        sender = _Sender(hub.engine, known.get(name), name, decided, secrets, moment)
        with database_errors("sending messages"):
            total += sender.send_all()
    return total


def or_raise(came: Delivered) -> Delivered:
    """What the sender came to. Raises ReceiverUnavailable when a receiver failed: its messages wait, and are tried again."""
    if came.failing:
        raise ReceiverUnavailable("; ".join(f"{name}: {problem}" for name, problem in came.failing))
    return came


def is_quiet(decided: Configuration, level: str, moment: dt.datetime) -> bool:
    """Whether a message of a level waits at a moment: at night, on days off."""
    quiet = decided.quiet
    if level == "critical" and quiet.critical_passes:
        return False
    return quiet.holds_at(moment.astimezone(SHANGHAI).time()) or (quiet.days_off and not is_working_day(moment))


@dataclass(frozen=True)
class _Sender:
    """Sends what waits for one receiver; the receiver is None where the province does not name it any more."""

    engine: sa.Engine
    receiver: Receiver | None
    name: str
    decided: Configuration
    secrets: GetSecrets
    at: dt.datetime

    def send_all(self) -> Delivered:
        """One message a transaction, until nothing is due, the bucket is empty, or the receiver fails."""
        total = Delivered()
        while True:
            with self.engine.begin() as connection:
                step = self._next(connection)
            if step is None:
                return total
            total += step
            if step.failing:
                return total

    def _next(self, connection: sa.Connection) -> Delivered | None:
        a_minute = self._a_minute()
        tokens = outbox.take_bucket(connection, self.name, a_minute, self.at)
        if tokens is None:
            return None
        waiting = [m for m in outbox.waiting(connection, self.name, self.at) if not self._waits(m)]
        if not waiting:
            return None
        if self.receiver is None:
            return self._give_up(connection, waiting, "no such receiver in receivers.yml")
        if tokens < 1:
            return None
        if len(waiting) > tokens:
            return self._fold(connection, waiting)
        outbox.keep_bucket(connection, self.name, tokens - 1, self.at)
        return self._try(connection, self.receiver, waiting[0])

    def _a_minute(self) -> int:
        if self.receiver is None:
            return 1
        return self.receiver.a_minute or self.decided.rates[self.receiver.channel]

    def _waits(self, message: Message) -> bool:
        return is_quiet(self.decided, message.level, self.at)

    def _fold(self, connection: sa.Connection, waiting: Sequence[Message]) -> Delivered:
        """Too many for the minute: they become one."""
        content = digest.together([content_of(m.content) for m in waiting], self.decided.digest_lines)
        level = min((m.level for m in waiting), key=tuple(LEVELS).index)
        ids = [m.message_id for m in waiting]
        key = f"folded/{self.name}/{ids[0]}-{ids[-1]}"
        into = outbox.write(connection, key, self.name, level, content.kept(), self.at)
        assert into is not None, "messages are folded once"
        outbox.fold(connection, ids, into)
        return Delivered(folded_count=len(ids))

    def _try(self, connection: sa.Connection, receiver: Receiver, message: Message) -> Delivered:
        try:
            channels.send(self._letter(receiver, message))
        except ReceiverRefuses as refusal:
            return self._give_up(connection, [message], str(refusal))
        except ReceiverUnavailable as fault:
            return self._put_off(connection, message, fault)
        outbox.settle(connection, message.message_id, sent_at=self.at)
        return Delivered(sent_count=1)

    def _letter(self, receiver: Receiver, message: Message) -> Letter:
        """The message with the receiver's secrets; that these are missing is a fault that a person mends meanwhile."""
        try:
            secrets = self.secrets(MAIL_SECRETS if receiver.channel == "mail" else receiver.name)
        except (AuthRefused, SetupError) as fault:
            raise ReceiverUnavailable(str(fault)) from None
        content = content_of(message.content)
        return Letter(content, receiver, secrets, self.decided.mail, message.dedupe_key, self.at)

    def _give_up(self, connection: sa.Connection, messages: Sequence[Message], problem: str) -> Delivered:
        logger.error("消息未能送达,不再重试 given up: %s: %s", self.name, problem)
        for message in messages:
            outbox.settle(connection, message.message_id, given_up_at=self.at, problem=problem)
        return Delivered(given_up_count=len(messages), failing=((self.name, problem),))

    def _put_off(self, connection: sa.Connection, message: Message, fault: RetryLater) -> Delivered:
        """Try again later, and never before the receiver asks for it; after some days it is given up."""
        retry = self.decided.retry
        if self.at - message.written_at > dt.timedelta(days=retry.give_up_days):
            return self._give_up(connection, [message], str(fault))
        wait = min(
            dt.timedelta(minutes=retry.first_minutes) * 2 ** min(message.tries, 20),
            dt.timedelta(hours=retry.longest_hours),
        )
        wait = max(wait, dt.timedelta(seconds=fault.after_seconds or 0))
        logger.warning("消息稍后再试 put off: %s: %s", self.name, fault)
        outbox.settle(connection, message.message_id, next_try_at=self.at + wait, problem=str(fault))
        outbox.keep_bucket(connection, self.name, Decimal(0), self.at)
        return Delivered(failing=((self.name, str(fault)),))
