"""The portal over the province whose records say by their numbers whose they are, with an account of every kind."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import io
import pathlib
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import requests

from pipeline.alerting import clock
from pipeline.expecting import keep_register
from pipeline.services.postgres import Cluster
from portal.sql_text import statement
from tests.portal.console.conftest import go_on, tell
from tests.portal.front import Front, Session, front
from tests.portal.pictures import picture
from tests.warehouse.building import rows_of
from tests.warehouse.rights.places import READERS, Reader
from tests.warehouse.rights.world import province

#: Its second insurer's submitter, so that each of the two has something that the other may not see.
RIVAL = Reader("a_rival", "insurer_submitter", {"insurer_id": "lichun"}, None, None, "lichun")
CALLERS = tuple(dataclasses.replace(reader, name=f"stand_{reader.name}") for reader in (*READERS, RIVAL))
IDS = {
    "batch_id": "select batch_id from report.batch", "evidence_id": "select evidence_id from report.evidence",
    "alert_no": "select alert_no from report.alert", "version_id": "select version_id from report.policy", "enterprise": "select cast(code as text) from report.enterprise_code",
}  # fmt: skip
#: Places whose evidence and statements the two submitters add.
SERVED = ("R370102D20I", "R370202D20I")


@dataclass(frozen=True)
class Stand:
    """The portal, and who may ask it."""

    front: Front

    def session(self, caller: Reader) -> Session:
        return self.front.session(caller.name)

    def ids(self, name: str, caller: Reader | None = None) -> list[object]:
        """What a name of an address may be: all, or those that an account sees by the database itself."""
        query = IDS[name]
        become = f"set local role {caller.name}" if caller else "set local role none"
        with self.front.engine.connect() as connection:
            connection.exec_driver_sql(become)
            return sorted(connection.exec_driver_sql(query).scalars())


@contextlib.contextmanager
def stand(cluster: Cluster, template: str, folder: pathlib.Path) -> Iterator[Stand]:
    """A province with something for every list and of every submitter, behind a running portal."""
    var = folder / "var"
    with province(cluster, template, var / "landing", "stand", tell) as (engine, hub):
        go_on(hub)
        hub.publish(as_of=dt.date(2026, 11, 9))
        url = engine.url.render_as_string(hide_password=False)
        with front(url, var, ANZE_PORTAL_ACCOUNT_PACE="100000", ANZE_PORTAL_ADDRESS_PACE="100000") as opened:
            for caller in CALLERS:
                opened.account(caller.name, caller.kind, **caller.right)
            made = Stand(opened)
            for caller in CALLERS:
                if caller.kind == "insurer_submitter":
                    _state(made, caller)
            hub_of = opened.app.state.door.hub
            keep_register(hub_of)
            clock.run(hub_of)
            with engine.begin() as connection:
                codes = list(connection.exec_driver_sql("select credit_code from report.enterprise").scalars())
                connection.execute(statement("console/name_enterprises"), {"credit_codes": codes})
            yield made


def _state(stand: Stand, caller: Reader) -> None:
    """Evidence, a confirmation and an attestation of a submitter."""
    session, own = stand.session(caller), caller.insurer
    for place in SERVED:
        form = {"service_no": f"{place}{own}"}
        file = ("files", (f"{place}{own}.png", picture("PNG")))
        answer = session.post(f"/evidence?csrf_token={session.csrf}", data=form, files=[file])
        assert answer.status_code == 200, answer.text
    query = f"select max(batch_id) from landing.batch where insurer_id = '{own}'"
    ((batch_id,),) = rows_of(stand.front.engine, query)
    form = {"person_name": f"{SERVED[0]}{own}", "person_position": "报送负责人", "csrf_token": session.csrf}
    assert session.post(f"/submissions/{batch_id}/attestations", data=form).status_code == 200


def text_of(answer: requests.Response) -> str:
    """What an answer says, headers and the parts of a workbook or document included."""
    said = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
    if not answer.content.startswith(b"PK"):
        return said + answer.content.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return said + "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def but_for(answer: requests.Response, asked: str) -> tuple[int, str]:
    """An answer without what was asked for in it: an id in an address, or a number anywhere."""
    before = "(?<=/)" if asked.isdigit() else ""
    return answer.status_code, re.sub(rf"{before}{re.escape(asked)}(?![0-9A-Za-z])", "", answer.text)
