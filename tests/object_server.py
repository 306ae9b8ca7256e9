"""A real S3 server for tests: SeaweedFS from its wheel, in a folder of its own, on free ports."""

from __future__ import annotations

import datetime as dt
import json
import pathlib
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Self

import requests

from pipeline.services.postgres import free_port
from warehouse.landing.bucket_probe import Account, signed
from warehouse.landing.bucket_store import BucketStore, open_bucket

WEED = pathlib.Path(sys.executable).with_name("weed")
KEY_ID, ADMIN, READER, SECRET, REGION = "hub", "admin", "reader", "secret-of-tests", "us-east-1"
RIGHTS = {KEY_ID: ["Read", "Write", "List"], ADMIN: ["Admin", "Read", "Write", "List"], READER: ["Read", "List"]}
START_SECONDS = 60
VERSIONED = (
    b'<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status>'
    b"</VersioningConfiguration>"
)


@dataclass
class ObjectServer:
    """One server. State: its process, and the buckets it was asked for."""

    folder: pathlib.Path
    most_volumes: int = 100
    port: int = field(default_factory=free_port)
    buckets: list[str] = field(default_factory=list)
    process: subprocess.Popen[bytes] | None = None
    ports: dict[str, int] = field(default_factory=dict)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environ(self, key_id: str = KEY_ID, secret: str = SECRET) -> dict[str, str]:
        """What a hub is told of it."""
        return {
            "AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_REGION": REGION,
            "AWS_ENDPOINT_URL": self.address,
        }  # fmt: skip

    def bucket(self, *, versioned: bool = False) -> str:
        """The URL of an empty place in a bucket: each bucket takes volumes of the disk, a prefix takes none."""
        name = "versioned" if versioned else "plain"
        if name not in self.buckets:
            self.ask("PUT", name)
            if versioned:
                self.ask("PUT", f"{name}?versioning=", VERSIONED)
        self.buckets.append(name)
        return f"s3://{name}/province/hub-{len(self.buckets)}"

    def store(self, url: str) -> BucketStore:
        return open_bucket(url, self.environ())

    def ask(self, method: str, path: str, content: bytes = b"") -> requests.Response:
        """Ask the server itself, past the store: what an administrator or an attacker may do."""
        account = Account("", "", REGION, ADMIN, SECRET, None)
        address = f"{self.address}/{path}"
        headers = signed(method, address, content, account, {}, dt.datetime.now(dt.UTC))
        answer = requests.request(method, address, data=content, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer

    def __enter__(self) -> Self:
        accounts = [
            {"name": name, "credentials": [{"accessKey": name, "secretKey": SECRET}], "actions": actions}
            for name, actions in RIGHTS.items()
        ]
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "s3.json").write_text(json.dumps({"identities": accounts}))
        kinds = ("master", "volume", "filer")
        ports = {f"-{kind}.port{grpc}": free_port() for kind in kinds for grpc in ("", ".grpc")}
        self.ports = {**ports, "-s3.port": self.port, "-s3.port.grpc": free_port()}
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    WEED, "server", f"-dir={self.folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", "-filer", "-s3",
                    f"-s3.config={self.folder}/s3.json", *(f"{name}={port}" for name, port in self.ports.items()),
                    "-s3.port.iceberg=0", "-s3.port.lance=0", f"-volume.max={self.most_volumes}", "-master.volumeSizeLimitMB=64", "-master.telemetry=false",
                ],
                stdout=log, stderr=log,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            time.sleep(0.2)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
        for port in self.ports.values():  # which it leaves behind
            for socket in pathlib.Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
                socket.unlink()

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/status", timeout=1).ok
        except requests.RequestException:
            return False
