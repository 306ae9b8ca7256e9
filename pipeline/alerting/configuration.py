"""What a province decides about alerts, and who is told of them: ``alerts.yml`` and ``receivers.yml`` of its folder.

Both are without secrets: those stand in the environment or in Airflow's connections (``pipeline/alerting/secrets.py``).
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import pathlib
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from schemas.mistakes import Mistakes
from schemas.province import Province, by_province
from schemas.yaml_files import Entry, Listed, Number, Text, Told, mistake, read_yaml
from warehouse.alerts.catalogue import Level
from warehouse.alerts.raising import Policy, Step

DEFAULTS = pathlib.Path(__file__).parent / "defaults.yml"
FILE, RECEIVERS = "alerts.yml", "receivers.yml"
Channel = Literal["mail", "webhook", "dingtalk", "wecom", "feishu"]
Role = Literal["insurer", "city", "province", "engineer"]
#: The entry of the secrets that the mail server's user and password are; no receiver is called so.
MAIL_SECRETS = "mail"


def _clock(text: object) -> dt.time:
    try:
        return dt.time.fromisoformat(str(text))
    except ValueError:
        raise mistake(f"{text!r} is no time of day", 'write "08:00"') from None


Clock = Annotated[dt.time, BeforeValidator(_clock)]
Positive = Annotated[int, Field(ge=1)]


class Rollup(Entry):
    """From how many insurers on one kind of alert is one alert."""

    share: Annotated[Number, Field(gt=0, le=1)]
    least: Positive


class Rung(Entry):
    """A step of the ladder."""

    level: Level
    working_days: Positive
    to: Literal["city", "province"]


class Quiet(Entry):
    """When nothing is sent, in Shanghai."""

    begins: Clock
    ends: Clock
    days_off: bool
    critical_passes: bool

    def holds_at(self, moment: dt.time) -> bool:
        """Whether nothing is sent at a time of day; the quiet hours may pass midnight."""
        if self.begins <= self.ends:
            return self.begins <= moment < self.ends
        return moment >= self.begins or moment < self.ends


class Retry(Entry):
    """How often what fails is tried again."""

    first_minutes: Positive
    longest_hours: Positive
    give_up_days: Positive


class MailServer(Entry):
    """The server that takes mail: ``starttls`` and ``tls`` check its certificate."""

    host: Text
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Literal["none", "starttls", "tls"]
    sender: Text


class Configuration(Entry):
    """What a province decides about alerts."""

    label: Text
    source: Text
    rollup: Rollup
    ladder: Listed[Rung]
    quiet: Quiet
    retry: Retry
    digest_lines: Positive
    rates: Mapping[Channel, Positive]
    portal_url: str
    mail: MailServer

    @property
    def policy(self) -> Policy:
        """What the look of the clock needs of it."""
        steps = [Step(rung.level, rung.working_days, rung.to) for rung in self.ladder]
        return Policy(self.rollup.share, self.rollup.least, steps)


class Receiver(Entry):
    """Who is told: by what channel, as whom (of whose records), and of which levels."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{1,40}$")]
    channel: Channel
    role: Role
    insurer_id: str | None = None
    region_code: str | None = None
    to: Listed[Text] = ()
    """Of mail: the addresses."""
    url: str | None = None
    """Of a webhook: its address. Of a robot: the host, where it is not the vendor's own."""
    levels: Annotated[Listed[Level], Field(min_length=1)] = ("critical", "warning", "notice")
    ledger: bool = False
    """Whether it is sent the head of the ledger each day, to be kept outside."""
    a_minute: Positive | None = None

    def mistakes(self) -> Iterator[Told]:
        """What a role and a channel need."""
        if (self.role == "insurer") != (self.insurer_id is not None):
            yield "insurer_id", "a receiver of role insurer names its insurer, others none", "add or remove it"
        if (self.role == "city") != (self.region_code is not None):
            yield "region_code", "a receiver of role city names its city, others none", "add or remove it"
        if (self.channel == "mail") != bool(self.to):
            yield "to", "mail names its addresses, other channels none", "add or remove it"
        if self.channel == "webhook" and not self.url:
            yield "url", "a webhook has an address", "write https://..."
        if self.url and not self.url.startswith(("https://", "http://")):
            yield "url", f"{self.url!r} is no address", "write https://..."
        if self.name == MAIL_SECRETS:
            yield "name", f"{MAIL_SECRETS} is the mail server's own entry", "choose another"


@by_province
def configuration(here: Province) -> Configuration:
    """The shipped decisions with the province's own over them. Raises DefinitionError with every mistake."""
    shipped = read_yaml(DEFAULTS.name, DEFAULTS.read_bytes(), dict)
    path = here.folder / FILE
    if not path.exists():
        return shipped.part(Configuration)
    own = read_yaml(f"{here.folder.name}/{FILE}", path.read_bytes(), dict)
    return dataclasses.replace(own, values={**shipped.values, **own.values}).part(Configuration)


@by_province
def receivers(here: Province) -> Mapping[str, Receiver]:
    """The receivers of the province by name; none without the file. Raises DefinitionError with every mistake."""
    path = here.folder / RECEIVERS
    if not path.exists():
        return {}
    file = read_yaml(f"{here.folder.name}/{RECEIVERS}", path.read_bytes(), list, names=("name",))
    found: dict[str, Receiver] = {}
    with Mistakes() as mistakes:
        for number in file.numbers:
            receiver = mistakes.attempt(file.part, Receiver, number)
            if receiver is None:
                continue
            if receiver.name in found:
                mistakes.add(file.error((number, "name"), f"{receiver.name} stands twice", "a name is one receiver"))
            found.setdefault(receiver.name, receiver)
    return found
