"""Which acts ask who somebody is, and what has to be proven for them (B2): a table that a judge could read. No I/O.

It follows art. 7 of the Supreme People's Court's rules for online litigation (人民法院在线诉讼规则第七条): whoever
takes part registers under their real name first, and the court verifies them once more at mediation, exchange of
evidence and hearing, outside the platform where need be. So an account's own proof is the rule, and what the court has
found itself counts instead of it, and against it.

What is not in the table asks nobody: buying, talking, handing papers to one's own lawyer, waiting for the court,
objecting to the minutes and refusing to sign them. Presiders, clerks and the desk are not asked either: the operator
made their accounts, and they sign in with a second factor.
"""

from collections.abc import Mapping
from enum import StrEnum

from schemas.enums import Role
from schemas.hearing_enums import HearingRole, IdentityState
from schemas.verification_enums import IdentityBasis, VerificationKind


class GuardedAct(StrEnum):
    # filing
    CASE_ELEMENTS = "case_elements"  # the seven elements of a case record (C8)
    EVIDENCE_SUBMIT = "evidence_submit"  # into the catalogue of a hearing's space: before the court
    # hearing
    HEARING_ENTER = "hearing_enter"  # the court room; anybody with a seat may wait outside
    HEARING_CONSENT = "hearing_consent"  # ask for an asynchronous hearing, or agree to one
    HEARING_TURN = "hearing_turn"  # state and answer in an asynchronous hearing
    # signing
    MINUTES_SIGN = "minutes_sign"
    UNDERTAKING_SIGN = "undertaking_sign"  # a witness's, before they testify
    EVIDENCE_SIGN = "evidence_sign"  # for originals that were received and returned


Proofs = Mapping[Role | HearingRole, VerificationKind]  # as what somebody acts → what they must have proven

_MEMBERS: Proofs = {Role.CLIENT: VerificationKind.PERSON, Role.LAWYER: VerificationKind.LAWYER}
_SIDES: Proofs = {HearingRole.PARTY: VerificationKind.PERSON, HearingRole.COUNSEL: VerificationKind.LAWYER}

GUARDED: Mapping[GuardedAct, Proofs] = {
    GuardedAct.CASE_ELEMENTS: {Role.LAWYER: VerificationKind.LAWYER},
    GuardedAct.EVIDENCE_SUBMIT: _MEMBERS,
    GuardedAct.HEARING_ENTER: _SIDES,
    GuardedAct.HEARING_CONSENT: _SIDES,
    GuardedAct.HEARING_TURN: _SIDES,
    # A witness is called in by the court itself, which asks them who they are; what they sign needs more than that.
    GuardedAct.MINUTES_SIGN: {**_SIDES, HearingRole.WITNESS: VerificationKind.PERSON},
    GuardedAct.UNDERTAKING_SIGN: {HearingRole.WITNESS: VerificationKind.PERSON},
    GuardedAct.EVIDENCE_SIGN: _MEMBERS,
}


def proof_of(act: GuardedAct, role: Role | HearingRole) -> VerificationKind | None:
    """What somebody must have proven for an act; None: it asks nothing of them."""
    return GUARDED[act].get(role)


def basis(*, proven: bool, court: IdentityState) -> IdentityBasis | None:
    """What it rests on that somebody is who they say; None: on nothing. A court's doubt outweighs any proof."""
    if court is IdentityState.DOUBTED:
        return None
    if proven:
        return IdentityBasis.VERIFIED
    return IdentityBasis.CHECKED if court is IdentityState.CONFIRMED else None
