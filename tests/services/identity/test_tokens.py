"""Access tokens: who signed, when they end, and that nothing else passes for one. No database."""

import base64
import json
import secrets
import string
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.enums import Role
from services.errors import Problem
from services.identity.tokens import TokenSigner
from services.ids import new_id

LIFETIME = timedelta(minutes=15)
OLD, NEW = secrets.token_bytes(32), secrets.token_bytes(32)


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def code_of(signer: TokenSigner, token: str) -> str:
    with pytest.raises(Problem) as caught:
        signer.verify(token)
    return caught.value.code


def claims(**changes: object) -> dict[str, object]:
    now = Clock().now.timestamp()
    whole = {"sub": new_id(), "sid": new_id(), "roles": ["client"], "iat": int(now), "exp": int(now + 900)}
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def forged(payload: dict[str, object], key: bytes = NEW, **header: str) -> str:
    return jwt.encode(payload, key, algorithm="HS256", headers={"kid": "new", "typ": "at+jwt", **header})


def test_says_who_and_in_which_session() -> None:
    """B1"""
    signer = TokenSigner({"new": NEW}, LIFETIME, Clock())
    user, session = new_id(), new_id()
    read = signer.verify(signer.issue(user, session, ["lawyer", "reviewer"]))
    assert (read.user_id, read.session_id) == (user, session)
    assert read.roles == {Role.LAWYER, Role.REVIEWER}
    assert read.expires_at == Clock().now + LIFETIME


def test_bears_the_claims_of_the_contract() -> None:
    signer = TokenSigner({"new": NEW}, LIFETIME, Clock())
    token = signer.issue(new_id(), new_id(), ["client"])
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "kid": "new", "typ": "at+jwt"}
    assert set(jwt.decode(token, options={"verify_signature": False})) == {"sub", "sid", "roles", "iat", "exp", "jti"}


def test_two_tokens_of_one_second_differ() -> None:
    signer = TokenSigner({"new": NEW}, LIFETIME, Clock())
    user, session = new_id(), new_id()
    assert signer.issue(user, session, ["client"]) != signer.issue(user, session, ["client"])


def test_ends_on_the_second_even_when_remembered() -> None:
    clock = Clock()
    signer = TokenSigner({"new": NEW}, LIFETIME, clock)
    token = signer.issue(new_id(), new_id(), ["client"])
    signer.verify(token)
    clock.now += LIFETIME - timedelta(milliseconds=1)
    signer.verify(token)
    clock.now += timedelta(milliseconds=1)
    assert code_of(signer, token) == "auth.token_expired"
    assert code_of(signer, token) == "auth.token_expired"


def test_a_rotated_key_still_verifies_and_a_removed_one_no_more() -> None:
    before = TokenSigner({"old": OLD}, LIFETIME, Clock())
    token = before.issue(new_id(), new_id(), ["client"])
    during = TokenSigner({"new": NEW, "old": OLD}, LIFETIME, Clock())
    assert during.verify(token).roles == {Role.CLIENT}
    assert jwt.get_unverified_header(during.issue(new_id(), new_id(), ["client"]))["kid"] == "new"
    assert code_of(TokenSigner({"new": NEW}, LIFETIME, Clock()), token) == "auth.token_invalid"


def test_a_key_id_does_not_stand_for_another_key() -> None:
    signer = TokenSigner({"new": NEW, "old": OLD}, LIFETIME, Clock())
    assert code_of(signer, forged(claims(), OLD)) == "auth.token_invalid"


@pytest.mark.parametrize(
    "token",
    [
        forged(claims(), secrets.token_bytes(32)),
        forged(claims(), kid="stranger"),
        forged(claims(), typ="JWT"),  # e.g. a token for something else under the same keys
        forged(claims(sub=None)),
        forged(claims(sid=None)),
        forged(claims(roles=None)),
        forged(claims(exp=None)),
        forged(claims(roles=["king"])),
        forged(claims(roles="client")),
        forged(claims(roles=7)),
        forged(claims(exp=10**18)),
        forged(claims(exp="soon")),
        jwt.encode(claims(), NEW * 2, algorithm="HS512", headers={"kid": "new", "typ": "at+jwt"}),
        jwt.encode(claims(), "", algorithm="none", headers={"kid": "new", "typ": "at+jwt"}),
        "",
        "a.b.c",
        "x" * 100_000,
        "\ud800",
    ],
)
def test_refuses_what_this_server_did_not_issue(token: str) -> None:
    assert code_of(TokenSigner({"new": NEW}, LIFETIME, Clock()), token) == "auth.token_invalid"


@given(text=st.text(string.printable, max_size=300))
@settings(deadline=None)
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    assert code_of(TokenSigner({"new": NEW}, LIFETIME, Clock()), text) == "auth.token_invalid"


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(deadline=None)
def test_any_changed_bit_breaks_it(place: int, bit: int) -> None:
    signer = TokenSigner({"new": NEW}, LIFETIME, Clock())
    parts = signer.issue(new_id(), new_id(), ["client"]).split(".")
    payload = bytearray(base64.urlsafe_b64decode(parts[1] + "=="))
    payload[place % len(payload)] ^= 1 << bit
    parts[1] = base64.urlsafe_b64encode(bytes(payload)).decode().rstrip("=")
    assert code_of(signer, ".".join(parts)) == "auth.token_invalid"


def test_more_roles_cannot_be_written_in() -> None:
    signer = TokenSigner({"new": NEW}, LIFETIME, Clock())
    head, _, tail = signer.issue(new_id(), new_id(), ["client"]).split(".")
    promoted = base64.urlsafe_b64encode(json.dumps(claims(roles=["ops"])).encode()).decode().rstrip("=")
    assert code_of(signer, f"{head}.{promoted}.{tail}") == "auth.token_invalid"


@pytest.mark.parametrize("keys", [{}, {"new": b"short"}])
def test_weak_keys_are_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        TokenSigner(keys, LIFETIME)
