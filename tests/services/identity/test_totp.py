"""One-time passwords by time, against RFC 6238's own vectors. No database."""

import base64
from datetime import UTC, datetime, timedelta

import pyotp
import pytest

from services.identity.totp import STEP, matching_step, new_otp_secret, otpauth_uri

RFC_SECRET = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924")])
def test_vectors_of_the_rfc(seconds: int, code: str) -> None:
    """B4; RFC 6238, appendix B (the last six of eight digits, SHA-1)."""
    assert matching_step(RFC_SECRET, code, datetime.fromtimestamp(seconds, UTC)) == seconds // STEP


@pytest.mark.parametrize(("steps", "matches"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_one_step_to_either_side(steps: int, matches: bool) -> None:
    now = datetime(2026, 11, 21, 12, 0, 7, tzinfo=UTC)
    secret = new_otp_secret()
    code = pyotp.TOTP(secret).at(now, counter_offset=steps)
    expected = int((now + timedelta(seconds=steps * STEP)).timestamp()) // STEP
    assert (matching_step(secret, code, now) == expected) is matches


def test_what_is_no_code_matches_nothing() -> None:
    now = datetime.now(UTC)
    assert all(matching_step(new_otp_secret(), code, now) is None for code in ("", "12345", "abcdef", "１２３４５６"))


def test_the_uri_names_the_house_and_the_login() -> None:
    uri = otpauth_uri(RFC_SECRET, "chen")
    parsed = pyotp.parse_uri(uri)
    assert (parsed.secret, parsed.name, parsed.issuer) == (RFC_SECRET, "chen", "案件空间")
