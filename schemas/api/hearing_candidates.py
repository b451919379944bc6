"""Whom a hearing can be called with, as who calls it is shown them."""

from schemas.api.base import Body, Phone, View
from schemas.hearing_enums import HearingRole


class CandidateFind(Body):
    phone: Phone


class CandidateView(View):
    """``suits``: the places that their account allows; witness and observer are open to everybody."""

    user_id: str
    display_name: str
    suits: list[HearingRole]


class CandidateListView(View):
    """``bench``: who may preside or keep the minutes. ``case``: clients and lawyers of the case."""

    bench: list[CandidateView]
    case: list[CandidateView]
