"""How insurers' systems really speak, declared in YAML alone: bodies, signatures, envelopes, tokens, endings, nested records."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import logging
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hmac import HMAC

from connectors.chunks import read_chunks
from connectors.fetch.request import Request
from connectors.fetch.signature import QuerySigner
from connectors.protocol import Signature
from schemas.contract import load_contract
from schemas.delivery import Credentials
from schemas.errors import AuthRefused, DefinitionError, HubError, IncompleteFetch, SchemaDrift, StopFeed
from tests.connectors.asking import HISTORY
from tests.connectors.speaking import SECRET, Asked, Said, Script, System, collected, defined, policies

Speak = Callable[..., tuple[Any, System]]
BASE = """
paging: {kind: page, page_param: page, size_param: size, size: 2}
window: {since_param: since, until_param: until, lookback: 1d}
response: {items: rows, total: total}
records: {policy: {path: /policies}}
"""


@pytest.fixture
def speak(tmp_path: pathlib.Path) -> Iterator[Speak]:
    """A definition out of YAML and the scripted system that it asks: ``speak(script, yaml)``."""
    running: list[System] = []

    def start(script: Script, vendor: str = BASE) -> tuple[Any, System]:
        running.append(System(script))
        return defined(tmp_path, vendor, running[-1].url), running[-1]

    yield start
    for system in running:
        system.stop()


def paged(*numbers: int, page_of: Callable[[Asked], int]) -> Script:
    def script(asked: Asked, _number: int) -> Said:
        at = (page_of(asked) - 1) * 2
        return Said({"rows": policies(*numbers)[at : at + 2], "total": len(numbers)})

    return script


def test_a_json_body_nests_by_dots_and_writes_numbers_as_numbers(speak: Speak) -> None:
    vendor = """
request: {method: POST, fixed: {head.version: "1.0"}, headers: {X-Channel: hub}}
paging: {kind: page, page_param: page.no, size_param: page.size, size: 2}
window: {since_param: query.since, until_param: query.until, format: epoch_seconds}
response: {items: rows, total: total}
records: {policy: {path: /gateway, params: {head.service: policyQuery}}, claim: {path: /gateway, params: {head.service: claimQuery}}}
"""
    definition, system = speak(paged(1, 2, 3, page_of=lambda asked: asked.json["page"]["no"]), vendor)
    assert collected(definition).control.row_count == 3  # type: ignore[union-attr]
    first = system.asked[0]
    assert (first.method, first.path, first.query) == ("POST", "/api/gateway", {})
    assert first.headers["x-channel"] == "hub"
    assert first.headers["content-type"].startswith("application/json")
    assert first.json == {
        "head": {"version": "1.0", "service": "policyQuery"},
        "page": {"no": 1, "size": 2},
        "query": {"until": int(HISTORY.until.timestamp())},
    }


def test_a_form_body_and_numbers_as_text(speak: Speak) -> None:
    form, system = speak(
        paged(1, 2, 3, page_of=lambda asked: int(asked.form["page"])), "request: {method: POST, body: form}" + BASE
    )
    assert len(collected(form).payloads) == 2
    assert system.asked[0].form == {"until": "2026-11-18T01:30:00+08:00", "size": "2", "page": "1"}
    text, system = speak(
        paged(1, page_of=lambda asked: int(asked.json["page"])), "request: {method: POST, numbers: text}" + BASE
    )
    collected(text)
    assert system.asked[0].json["page"] == "1"


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


def seal(content: Any, kind: str, vector: bytes = VECTOR, key: bytes | None = None) -> bytes:
    filler = padding.PKCS7(128).padder()
    text = filler.update(content if isinstance(content, bytes) else json.dumps(content).encode()) + filler.finalize()
    cipher = algorithms.AES(key or AES_KEY) if kind == "aes_cbc" else algorithms.SM4(key or SM4_KEY)
    made = Cipher(cipher, modes.CBC(vector)).encryptor()
    return made.update(text) + made.finalize()


SEALED = {
    "iv before the content": ("cipher: {kind}, at: data.text, key_form: hex", lambda body: ("data", {"text": base64.b64encode(VECTOR + body).decode()})),
    "iv in the envelope": ("cipher: {kind}, at: data, iv_at: iv, form: hex, key_form: hex", lambda body: ("data", body.hex())),
    "iv agreed": ("cipher: {kind}, at: data, iv_key: vector, key_form: hex", lambda body: ("data", base64.b64encode(body).decode())),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["aes_cbc", "sm4_cbc"])
@pytest.mark.parametrize("name", SEALED)
def test_an_envelope_is_opened_and_its_content_lands_byte_for_byte(speak: Speak, kind: str, name: str) -> None:
    how, wrapped = SEALED[name]
    content = json.dumps({"rows": policies(1, 2), "total": 2}, indent=1).encode()

    def script(_asked: Asked, _number: int) -> Said:
        key, body = wrapped(seal(content, kind))
        return Said({"code": "0", key: body, "iv": VECTOR.hex()})

    at = "data.text" if "before" in name else "data"
    vendor = f"envelope: {{{how.replace('{kind}', kind)}}}" + BASE.replace(
        "items: rows, total: total", f"items: {at}.rows, total: {at}.total"
    )
    definition, _ = speak(script, vendor)
    key = AES_KEY if kind == "aes_cbc" else SM4_KEY
    fetched = collected(definition, envelope_key=key.hex(), vector=VECTOR.hex())
    assert [p.content for p in fetched.payloads] == [content]
    assert fetched.payloads[0].name.startswith("policy/page-00001.envelope-")
    assert definition.source_format.items_path == "rows"


def test_a_body_that_is_all_envelope_and_a_refusal_in_plain(speak: Speak) -> None:
    answers = [
        Said(raw=base64.b64encode(VECTOR + seal({"rows": policies(1), "total": 1}, "aes_cbc"))),
        Said({"code": "9", "msg": "签名错误"}),
    ]
    vendor = "envelope: {cipher: aes_cbc, key_form: hex}" + BASE.replace(
        "total: total", 'total: total, error: {path: code, ok: ["0"], message: msg, auth: ["9"]}'
    )
    definition, _ = speak(
        lambda _asked, _number: answers[0],
        vendor.replace(', error: {path: code, ok: ["0"], message: msg, auth: ["9"]}', ""),
    )
    assert collected(definition, envelope_key=AES_KEY.hex()).control.row_count == 1  # type: ignore[union-attr]
    definition, _ = speak(lambda _asked, _number: answers[1], vendor)
    with pytest.raises(SchemaDrift, match="no encrypted text"):
        collected(
            speak(
                lambda _asked, _number: answers[1],
                vendor.split("response")[0] + "response: {items: rows, total: total}\nrecords: {policy: {path: /p}}",
            )[0],
            envelope_key=AES_KEY.hex(),
        )
    with pytest.raises(AuthRefused, match="签名错误"):
        collected(definition, envelope_key=AES_KEY.hex())


def test_an_envelope_that_does_not_open_names_the_key_and_shows_nothing(
    speak: Speak, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    vendor = "envelope: {cipher: aes_cbc, at: data, key_form: hex}" + BASE.replace(
        "items: rows, total: total", "items: data.rows, total: data.total"
    )
    sealed = base64.b64encode(VECTOR + seal({"rows": policies(1), "total": 1}, "aes_cbc")).decode()
    other = (b"z" * 32).hex()
    cases: list[tuple[Any, str, type[HubError], str]] = [
        (sealed, other, AuthRefused, "envelope"),
        (sealed[:-20], AES_KEY.hex(), IncompleteFetch, "cut"),
        ("%%%", AES_KEY.hex(), IncompleteFetch, "no base64"),
        (None, AES_KEY.hex(), SchemaDrift, "no encrypted text"),
        (sealed, "abcd", AuthRefused, "has 2 bytes, 16 or 24 or 32 are wanted"),
        (sealed, "xyz", AuthRefused, "is no hex"),
    ]
    for data, key, fault, told in cases:
        with pytest.raises(fault, match=told) as caught:
            collected(speak(lambda _asked, _number, data=data: Said({"data": data}), vendor)[0], envelope_key=key)
        assert key not in f"{caught.value}{caught.value.__cause__}"
    assert AES_KEY.hex() not in caplog.text


SIGN_IN = """
auth: {kind: sign_in, token_path: /login, login_param: user, secret_param: word, token_at: data.token, token_place: PLACE, LIFE}
paging: {kind: page, page_param: page, size_param: size, size: 2}
response: {items: rows, total: total, error: {path: code, ok: ["0"], auth: ["401"]}}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("place", ["header X-Token", "query access", "header Authorization"])
def test_a_sign_in_gives_a_token_that_is_renewed_when_it_is_refused(speak: Speak, place: str) -> None:
    tokens = iter(["first-token", "second-token"])

    def script(asked: Asked, number: int) -> Said:
        if asked.path == "/api/login":
            assert asked.json == {"user": "hub", "word": SECRET}
            return Said({"code": "0", "data": {"token": next(tokens), "life": 7200}})
        shown = {**asked.query, **asked.headers}[place.split()[1].lower()]
        if number == 2:
            return Said({"code": "401", "message": "token expired"})
        at = (int(asked.query["page"]) - 1) * 2
        assert shown == ("first-token" if number < 2 else "second-token")
        return Said({"code": "0", "rows": policies(1, 2, 3)[at : at + 2], "total": 3})

    definition, system = speak(script, SIGN_IN.replace("PLACE", place).replace("LIFE", "lifetime_at: data.life"))
    assert len(collected(definition).payloads) == 2
    assert [asked.path for asked in system.asked].count("/api/login") == 2


def test_a_token_whose_time_is_over_is_not_used(speak: Speak) -> None:
    def script(asked: Asked, _number: int) -> Said:
        if asked.path == "/api/login":
            return Said({"data": {"token": "token-for-a-moment"}})
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"code": "0", "rows": policies(1, 2, 3)[at : at + 2], "total": 3})

    vendor = SIGN_IN.replace("PLACE", "header X-Token")
    short, system = speak(script, vendor.replace("LIFE", "lifetime_seconds: 20"))
    collected(short)
    assert [a.path for a in system.asked].count("/api/login") == len(system.asked) / 2, "shorter than the margin"
    long, system = speak(script, vendor.replace("LIFE", "lifetime_seconds: 7200"))
    collected(long)
    assert [a.path for a in system.asked].count("/api/login") == 1


def test_a_refused_sign_in_and_an_odd_one_are_told(speak: Speak) -> None:
    vendor = SIGN_IN.replace("PLACE", "header X-Token").replace("LIFE", "lifetime_at: data.life, secret_form: MD5")
    for said, told in (
        ({"code": "401", "message": "wrong"}, "code 401"),
        ({"code": "0", "data": {}}, "holds no data.token"),
        ({"code": "0", "data": {"token": "abcdefgh", "life": "soon"}}, "no number of seconds"),
    ):
        definition, system = speak(lambda _asked, _number, said=said: Said(said), vendor)
        with pytest.raises(AuthRefused, match=told):
            collected(definition)
        assert system.asked[0].json["word"] == hashlib.md5(SECRET.encode()).hexdigest().upper()


UNTIL_EMPTY = """
paging: {kind: page, page_param: page, size_param: size, size: 2, until: empty, end: ["null"]}
response: {items: rows}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("empty", [[], None])
def test_pages_are_asked_for_until_one_is_empty(speak: Speak, empty: Any) -> None:
    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": policies(1, 2, 3)[at : at + 2] or empty})

    definition, _ = speak(script, UNTIL_EMPTY)
    assert len(collected(definition).payloads) == 3


def test_a_hole_between_pages_is_not_the_end(speak: Speak) -> None:
    pages: dict[str, dict[int, list[int]]] = {
        "an empty page in the middle": {1: [1, 2], 3: [5, 6]},
        "a page that is not full": {1: [1], 2: [3, 4]},
    }
    for found in pages.values():
        definition, _ = speak(
            lambda asked, _number, found=found: Said({"rows": policies(*found.get(int(asked.query["page"]), []))}),
            UNTIL_EMPTY,
        )
        with pytest.raises(IncompleteFetch):
            collected(definition)
    definition, _ = speak(
        lambda asked, number: Said(
            {
                "rows": policies(
                    *(
                        [1, 2]
                        if asked.query["page"] == "1"
                        else [3]
                        if number > 1 and asked.query["page"] == "2"
                        else []
                    )
                )
            }
        ),
        UNTIL_EMPTY,
    )
    with pytest.raises(IncompleteFetch, match="changed"):
        collected(definition)


CURSOR = """
paging: {kind: cursor, cursor_param: at, cursor_path: next, size_param: size, size: 2, END}
response: {items: rows, total: total}
records: {policy: {path: /policies}}
"""


@pytest.mark.parametrize("mark", [0, -1, False, "0", "", None, "END"])
def test_the_marks_of_the_end_are_those_that_the_definition_lists(speak: Speak, mark: Any) -> None:
    def script(asked: Asked, _number: int) -> Said:
        is_first = "at" not in asked.query
        rows = policies(1, 2) if is_first else policies(3)
        return Said({"rows": rows, "total": 3, "next": "c2" if is_first else mark})

    listed, _ = speak(script, CURSOR.replace("END", 'end: ["0", "-1", "false", "END"]'))
    assert len(collected(listed).payloads) == 2
    unlisted, _ = speak(script, CURSOR.replace(", END", ""))
    if mark in ("", None):
        assert len(collected(unlisted).payloads) == 2
    else:
        with pytest.raises(IncompleteFetch):
            collected(unlisted)


@pytest.mark.parametrize(("mark", "more"), [("0", 1), ("false", True), ("N", "Y")])
def test_a_flag_that_says_whether_there_is_more(speak: Speak, mark: str, more: Any) -> None:
    last = {"0": 0, "false": False, "N": "N"}[mark]

    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": policies(1, 2, 3)[at : at + 2], "more": last if at else more})

    vendor = BASE.replace("total: total", f'last_page: more, last_marks: ["{mark}"]')
    assert len(collected(speak(script, vendor)[0]).payloads) == 2
    for odd in (None, [], {}):
        with pytest.raises(IncompleteFetch, match="completeness cannot be proven"):
            collected(speak(lambda _asked, _number, odd=odd: Said({"rows": policies(1, 2), "more": odd}), vendor)[0])


@pytest.mark.parametrize(
    ("said", "name"),
    [
        (Said(status=204, raw=b""), "204"),
        (Said({"e": "not found"}, 404), "404"),
        (Said({"code": "1002", "rows": None}), "1002"),
    ],
)
def test_nothing_new_is_what_the_definition_says_it_is(
    speak: Speak, said: Said, name: str, tmp_path: pathlib.Path
) -> None:
    declared = BASE.replace(
        "total: total",
        'total: total, nothing_status: ["204", "404"], error: {path: code, ok: ["0"], nothing: ["1002"]}',
    )
    definition, _ = speak(lambda _asked, _number: said, declared)
    fetched = collected(definition)
    assert [(p.name, p.content) for p in fetched.payloads] == [(f"policy/page-00001.nothing-{name}.json", b"")]
    landed = tmp_path / "landed"
    landed.write_bytes(b"")
    assert list(read_chunks(definition, load_contract("policy"), "api", [landed])) == []
    undeclared, _ = speak(lambda _asked, _number: said, BASE)
    with pytest.raises((SchemaDrift, IncompleteFetch)):
        collected(undeclared)


def test_nothing_in_the_middle_of_what_was_promised_is_no_end(speak: Speak) -> None:
    declared = BASE.replace("total: total", 'total: total, nothing_status: ["204"]')
    definition, _ = speak(
        lambda asked, _number: (
            Said(status=204, raw=b"") if asked.query["page"] == "2" else Said({"rows": policies(1, 2), "total": 4})
        ),
        declared,
    )
    with pytest.raises(IncompleteFetch, match="2 items came, 4 are declared"):
        collected(definition)


NESTED = """
ignored: {remark: 备注}
paging: {kind: page, page_param: page, size_param: size, size: 2}
response: {items: rows, total: total}
records:
  policy: {path: /policies}
  endorsement: {within: policy, path: detail.edrs, inherit: {policy_no: policy_no}}
"""


def nested(*each: Any) -> list[dict[str, Any]]:
    return [
        row | {"detail": {"edrs": held} if held != "absent" else {}}
        for row, held in zip(policies(*range(len(each))), each, strict=True)
    ]


def test_records_inside_others_become_rows_of_their_own_with_what_they_inherit(
    speak: Speak, tmp_path: pathlib.Path
) -> None:
    held = nested(
        [{"endorsement_no": "E1"}, {"endorsement_no": "E2"}], None, [], [{"endorsement_no": "E3", "remark": "x"}]
    )

    def script(asked: Asked, _number: int) -> Said:
        at = (int(asked.query["page"]) - 1) * 2
        return Said({"rows": held[at : at + 2], "total": 4})

    definition, system = speak(script, NESTED)
    fetched = collected(definition, "endorsement")
    assert {asked.path for asked in system.asked} == {"/api/policies"}
    paths = [tmp_path / str(n) for n in range(len(fetched.payloads))]
    for path, payload in zip(paths, fetched.payloads, strict=True):
        path.write_bytes(payload.content)
    [chunk] = read_chunks(definition, load_contract("endorsement"), "api", paths)
    assert chunk.rows.select(["endorsement_no", "../policy_no", "place"]).to_pylist() == [
        {"endorsement_no": "E1", "../policy_no": "P0", "place": "page 1 item 1.1"},
        {"endorsement_no": "E2", "../policy_no": "P0", "place": "page 1 item 1.2"},
        {"endorsement_no": "E3", "../policy_no": "P3", "place": "page 2 item 2.1"},
    ]
    assert chunk.layout.columns["policy_no"].source == "../policy_no"
    assert definition.records["policy"].ignored["detail.edrs"]


@pytest.mark.parametrize("held", ["absent", "text", [1], {"endorsement_no": "E1"}])
@pytest.mark.parametrize("record_type", ["policy", "endorsement"])
def test_a_list_that_is_no_longer_there_is_a_changed_shape(speak: Speak, held: Any, record_type: str) -> None:
    script = lambda _asked, _number: Said({"rows": nested(held), "total": 1})  # noqa: E731  # a script
    with pytest.raises(SchemaDrift, match=r"detail\.edrs"):
        collected(speak(script, NESTED)[0], record_type)
    lenient = NESTED.replace("policy_no: policy_no}", "policy_no: policy_no}, absent: none")
    if held == "absent":
        assert collected(speak(script, lenient)[0], record_type).payloads


def test_our_key_in_an_answer_lands_blanked_out_and_never_inside_a_record(speak: Speak) -> None:
    key = BASE.replace(
        "paging: {kind: page, page_param: page,",
        "auth: {kind: api_key, query: key}\npaging: {kind: next, next_path: next,",
    )

    def script(asked: Asked, _number: int) -> Said:
        is_second = "at" in asked.query
        following = None if is_second else f"/api/policies?at=2&key={asked.query['key']}"
        return Said({"rows": policies(2 if is_second else 1), "total": 2, "next": following})

    fetched = collected(speak(script, key)[0])
    assert all(SECRET.encode() not in p.content for p in fetched.payloads)
    assert b"key=***" in fetched.payloads[0].content
    told = [{**policies(1)[0], "remark": f"key {SECRET}"}]
    with pytest.raises(StopFeed, match="holds our own credentials") as caught:
        collected(speak(lambda _asked, _number: Said({"rows": told, "total": 1, "next": None}), key)[0])
    assert SECRET not in str(caught.value)


MISTAKES = [
    ("signature: {algorithm: md5, place: body sign}", "a GET has none"),
    ("signature: {algorithm: md5, place: X-Sign}", "is no place in a request"),
    ('signature: {algorithm: md5, place: query sign, text: "{params}"}', "signs without a key"),
    ('signature: {algorithm: hmac_sm3, place: query sign, text: "{parms}"}', "means nothing"),
    ("signature: {algorithm: sha1, place: query sign}", "is not allowed"),
    ("auth: {kind: sign_in, token_path: /login}", "token_at: is missing"),
    ("auth: {kind: hmac, header: X-S}\nrequest: {method: POST}", "not bodies"),
    ("envelope: {cipher: aes_cbc, at: data}", "is not inside the envelope"),
    ("envelope: {cipher: des}", "is not allowed"),
    ("request: {method: POST, fixed: {page.x: '1'}}", "would be two things"),
    ("request: {method: PUT}", "is not allowed"),
    ("tls: {certificat: x}", "unknown key"),
]


@pytest.mark.parametrize(("text", "told"), MISTAKES)
def test_a_mistake_in_how_to_speak_is_told_with_its_place(tmp_path: pathlib.Path, text: str, told: str) -> None:
    with pytest.raises(DefinitionError, match=told) as caught:
        defined(tmp_path, text + BASE)
    assert caught.value.line
    assert caught.value.fix


NESTING_MISTAKES = [
    ("within: policy", "within: polic", "did you mean 'policy'"),
    ("policy_no: policy_no}", "policy_nr: policy_no}", "unknown field"),
    ("within: policy, ", "", "belongs to a record within another"),
    ("path: detail.edrs", "path: detail..edrs", "no path into an item"),
    ("detail.edrs,", "detail.edrs, replaces: all,", "arrive in one answer"),
]


@pytest.mark.parametrize(("good", "bad", "told"), NESTING_MISTAKES)
def test_a_mistake_in_a_nesting_is_told(tmp_path: pathlib.Path, good: str, bad: str, told: str) -> None:
    assert good in NESTED
    with pytest.raises(DefinitionError, match=told):
        defined(tmp_path, NESTED.replace(good, bad))
