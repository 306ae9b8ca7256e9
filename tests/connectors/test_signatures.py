"""Signatures over what is sent, each checked by its own algorithm; declared in YAML alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import pathlib
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hmac import HMAC

from connectors.fetch.request import Request
from connectors.fetch.signature import QuerySigner
from connectors.protocol import Signature
from schemas.delivery import Credentials
from schemas.errors import AuthRefused
from tests.connectors.speaking import BASE, SECRET, Asked, Said, Speak, collected, paged, policies

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()


def test_md5_over_sorted_parameters_is_the_digest_that_anybody_computes() -> None:
    how = Signature("md5", "query sign", form="HEX")
    signer = QuerySigner(how, Credentials("hub", "192006250b4c09247ec02edce69f6a2d"), "x", lambda: 0.0)
    asked = Request(
        "GET", "https://x/y", [("appid", "wxd930ea5d5a258f4f"), ("mch_id", "10000100"), ("device_info", "1000"),
                               ("body", "test"), ("nonce_str", "ibuaiVcKdpRxkhJA"), ("empty", "")],
    )  # fmt: skip
    text = "appid=wxd930ea5d5a258f4f&body=test&device_info=1000&mch_id=10000100&nonce_str=ibuaiVcKdpRxkhJA"
    assert dict(signer.sign(asked).params)["sign"] == "9A0A8659F005D6984697E2CA0A9CF3B7"
    kv = QuerySigner(
        Signature("md5", "query sign", text="{secret}{params}{secret}", pairs="kv"),
        Credentials("", "k"),
        "x",
        lambda: 0.0,
    )
    wanted = hashlib.md5(f"k{text.replace('=', '').replace('&', '')}k".encode()).hexdigest()
    assert dict(kv.sign(asked).params)["sign"] == wanted


def verify_hmac(name: str) -> Callable[[str, str], bool]:
    def check(signature: str, text: str) -> bool:
        if name == "sm3":
            digest = HMAC(SECRET.encode(), hashes.SM3())
            digest.update(text.encode())
            return signature == digest.finalize().hex()
        return signature == hmac.new(SECRET.encode(), text.encode(), "sha256").hexdigest()

    return check


def verify_rsa(signature: str, text: str) -> bool:
    KEY.public_key().verify(base64.b64decode(signature), text.encode(), rsa_padding.PKCS1v15(), hashes.SHA256())
    return True


SIGNED: dict[str, tuple[str, Callable[[str, str], bool]]] = {
    "hmac_sha256": ("algorithm: hmac_sha256", verify_hmac("sha256")),
    "hmac_sm3": ("algorithm: hmac_sm3", verify_hmac("sm3")),
    "rsa_sha256": ("algorithm: rsa_sha256, key: signing_key, form: base64", verify_rsa),
    "md5": (
        "algorithm: md5",
        lambda signature, text: signature == hashlib.md5(f"{text}&key={SECRET}".encode()).hexdigest(),
    ),
}


@pytest.mark.parametrize("place", ["header X-Sign", "query sign", "body sign"])
@pytest.mark.parametrize("name", SIGNED)
def test_every_algorithm_signs_what_is_sent_wherever_the_signature_goes(speak: Speak, name: str, place: str) -> None:
    how, verify = SIGNED[name]
    seen: list[bool] = []

    def script(asked: Asked, _number: int) -> Said:
        where, _, key = place.partition(" ")
        signature = {"header": asked.headers, "query": asked.query, "body": asked.form}[where][key.lower()]
        texts = {**asked.query, **asked.form}
        seen.append(verify(signature, "&".join(f"{k}={v}" for k, v in sorted(texts.items()) if k != "sign")))
        return Said({"rows": policies(1), "total": 1})

    vendor = f"request: {{method: POST, body: form}}\nsignature: {{{how}, place: {place}, timestamp: body ts, nonce: query n, login: body app}}"
    definition, system = speak(script, vendor + BASE)
    collected(definition, signing_key=PEM)
    assert seen
    assert all(seen)
    assert len({asked.query["n"] for asked in system.asked}) == len(system.asked), "a nonce is used once"


def test_a_private_key_may_be_a_file_and_a_bad_one_is_told_without_its_text(
    speak: Speak, tmp_path: pathlib.Path
) -> None:
    vendor = "signature: {algorithm: rsa_sha256, key: signing_key, place: header X-Sign}" + BASE
    definition, _ = speak(paged(1, page_of=lambda asked: int(asked.query["page"])), vendor)
    path = tmp_path / "key.pem"
    path.write_text(PEM, encoding="utf-8")
    assert collected(definition, signing_key=str(path)).payloads
    for bad in (PEM.replace("MII", "XXX", 1), "/nowhere/key.pem"):
        with pytest.raises(AuthRefused, match=r"extra\.signing_key") as caught:
            collected(definition, signing_key=bad)
        assert bad not in f"{caught.value}{caught.value.__cause__}"
    with pytest.raises(AuthRefused, match=r"give extra\.signing_key"):
        collected(definition)


AES_KEY, SM4_KEY, VECTOR = b"k" * 32, b"0123456789abcdef", b"v" * 16
