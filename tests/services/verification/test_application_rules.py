"""What an application must say (B2): check digits, dates, age, and both sides of one card. Pure."""

from datetime import date

import pytest

from schemas.verification_enums import VerificationKind
from services.verification.application_rules import age, faults, terms, tidied
from tests.services.verification.verification_world import card, credit_code, id_number, licence

TODAY = date(2026, 11, 22)
PERSON, LAWYER, COMPANY = VerificationKind


def test_a_card_in_order() -> None:
    assert faults(PERSON, card(id_number()), TODAY) == {}
    assert faults(PERSON, card(id_number(), "阿卜杜拉·买买提"), TODAY) == {}


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("name", "Wang", "name"),
        ("name", "王", "name"),
        ("id_number", "110101199003071234", "id_number"),
        ("valid_from", "2027-01-01", "valid_from"),
        ("valid_from", "1980-01-01", "valid_from"),
        ("valid_from", "昨天", "valid_from"),
        ("valid_to", "2026-11-21", "valid_to"),
        ("valid_to", "2030-06-01", "valid_to"),  # twenty years are due at thirty
        ("valid_to", "长期", "valid_to"),
        ("colour", "red", "colour"),
        ("id_number", "", "id_number"),
    ],
)
def test_what_cannot_be_true_is_told_by_its_field(field: str, value: str, told: str) -> None:
    assert list(faults(PERSON, card(id_number()) | {field: value}, TODAY)) == [told]


def test_who_is_not_grown_up_needs_a_guardian() -> None:
    young = card(id_number(date(2008, 11, 23))) | {"valid_from": "2020-01-01", "valid_to": "2025-01-01"}
    assert "监护人" in faults(PERSON, young, TODAY)["id_number"]
    grown = card(id_number(date(2008, 11, 22))) | {"valid_from": "2025-01-01", "valid_to": "2035-01-01"}
    assert faults(PERSON, grown, TODAY) == {}


def test_how_long_a_card_lasts() -> None:
    """居民身份证法 5; around a birthday both terms are possible, since cards take weeks to be made."""
    born = date(1980, 5, 1)
    assert terms(born, date(1995, 12, 1)) == {5}
    assert terms(born, date(2000, 1, 1)) == {10}
    assert terms(born, date(2006, 5, 20)) == {10, 20}
    assert terms(born, date(2026, 6, 1)) == {20, None}
    assert age(date(2000, 2, 29), date(2018, 2, 28)) == 17


def test_a_lawyers_licence() -> None:
    assert faults(LAWYER, licence(), TODAY) == {}
    assert list(faults(LAWYER, licence(licence_number="1310120201000001"), TODAY)) == ["licence_number"]
    assert list(faults(LAWYER, licence(licence_number="13101203010000001"), TODAY)) == ["licence_number"]
    assert list(faults(LAWYER, licence(issued_on="2009-03-01"), TODAY)) == ["issued_on"]
    # the yearly check: what was issued long ago needs one, and it must not be old
    assert list(faults(LAWYER, licence(issued_on="2015-03-01"), TODAY)) == ["checked_on"]
    assert list(faults(LAWYER, licence(issued_on="2015-03-01", checked_on="2024-05-01"), TODAY)) == ["checked_on"]
    assert faults(LAWYER, licence(issued_on="2015-03-01", checked_on="2026-05-01"), TODAY) == {}


def test_a_companys_licence() -> None:
    values = {"company_name": "明理商贸（上海）有限公司", "credit_code": credit_code(), "legal_representative": "陈立"}
    assert faults(COMPANY, tidied(values), TODAY) == {}
    wrong = values["credit_code"][:-1] + ("0" if values["credit_code"][-1] != "0" else "1")
    assert list(faults(COMPANY, tidied(values | {"credit_code": wrong}), TODAY)) == ["credit_code"]


def test_looks_are_evened_out() -> None:
    assert tidied({"name": " 买买提•艾力 ", "id_number": "11010119900307447ｘ"}) == {
        "name": "买买提·艾力",
        "id_number": "11010119900307447X",
    }
