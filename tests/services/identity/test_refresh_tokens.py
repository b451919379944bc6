"""The shape of refresh tokens: issued here, or invented. No database."""

import secrets

from hypothesis import given
from hypothesis import strategies as st

from services.identity.refresh_tokens import digest, is_genuine, issue, new_family, session_of
from services.ids import new_id


def test_names_its_session_and_is_known_again() -> None:
    session, family = new_id(), new_family()
    token = issue(session, family)
    assert session_of(token) == session
    assert is_genuine(token, family)
    assert issue(session, family) != token
    assert token not in digest(token)


def test_of_another_family_or_session_is_not_genuine() -> None:
    session, family = new_id(), new_family()
    token = issue(session, family)
    assert not is_genuine(token, new_family())
    assert not is_genuine(new_id() + token[24:], family)


def test_an_invented_one_is_well_formed_but_not_genuine() -> None:
    session, family = new_id(), new_family()
    invented = f"{session}.{secrets.token_urlsafe(48)}"
    assert session_of(invented) == session
    assert not is_genuine(invented, family)


@given(st.text(max_size=120))
def test_any_text_is_told_apart(text: str) -> None:
    assert session_of(text) is None
    assert not is_genuine(text, b"f" * 32)


@given(place=st.integers(25, 88), replacement=st.sampled_from("AZaz09-_"))
def test_any_changed_character_is_noticed(place: int, replacement: str) -> None:
    family = new_family()
    token = issue(new_id(), family)
    changed = token[:place] + replacement + token[place + 1 :]
    assert is_genuine(changed, family) == (changed == token)
