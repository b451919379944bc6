"""Whom a hearing can be called with, as who calls it is shown them."""

from schemas.api.base import Body, Phone, View
from schemas.api.exchanges import OpenStageView
from schemas.hearing_enums import HearingKind, HearingRole


class CandidateFind(Body):
    phone: Phone


class CandidateView(View):
    """``suits``: the places that their account allows; witness and observer are open to everybody."""

    user_id: str
    display_name: str
    suits: list[HearingRole]


class ProcedureView(View):
    """What an asynchronous hearing of this kind gives time for, unless the call says otherwise (``hours``)."""

    kind: HearingKind
    stages: list[OpenStageView]


class CandidateListView(View):
    """``bench``: who may preside or keep the minutes. ``case``: clients and lawyers of the case."""

    bench: list[CandidateView]
    case: list[CandidateView]
    procedures: list[ProcedureView]
