"""Which acts ask who somebody is (B2): the table, cell by cell, and what counts as an answer."""

import pytest

from schemas.enums import Role
from schemas.hearing_enums import HearingRole, IdentityState
from schemas.verification_enums import IdentityBasis, VerificationKind
from services.verification.guarded_acts import GuardedAct, basis, proof_of

P, L, N = VerificationKind.PERSON, VerificationKind.LAWYER, None
SPACE_ROLES = (Role.CLIENT, Role.LAWYER, Role.SUPPORT, Role.REVIEWER, Role.PRESIDER, Role.CLERK, Role.OPS)
HEARING_ROLES = tuple(HearingRole)  # presider, clerk, party, counsel, witness, observer

# Written out by hand, in the order of the roles above.
Cells = dict[GuardedAct, tuple[VerificationKind | None, ...]]
SPACE_CELLS: Cells = {
    GuardedAct.CASE_ELEMENTS: (N, L, N, N, N, N, N),
    GuardedAct.EVIDENCE_SUBMIT: (P, L, N, N, N, N, N),
    GuardedAct.EVIDENCE_SIGN: (P, L, N, N, N, N, N),
}
HEARING_CELLS: Cells = {
    GuardedAct.HEARING_ENTER: (N, N, P, L, N, N),
    GuardedAct.HEARING_CONSENT: (N, N, P, L, N, N),
    GuardedAct.HEARING_TURN: (N, N, P, L, N, N),
    GuardedAct.MINUTES_SIGN: (N, N, P, L, P, N),
    GuardedAct.UNDERTAKING_SIGN: (N, N, N, N, P, N),
}


def test_every_cell_of_the_table() -> None:
    assert SPACE_CELLS.keys() | HEARING_CELLS.keys() == set(GuardedAct), "an act that nobody has written out"
    for act, cells in SPACE_CELLS.items():
        assert tuple(proof_of(act, role) for role in SPACE_ROLES) == cells, act
    for act, cells in HEARING_CELLS.items():
        assert tuple(proof_of(act, role) for role in HEARING_ROLES) == cells, act


@pytest.mark.parametrize(
    ("proven", "court", "counts"),
    [
        (False, IdentityState.UNCHECKED, None),
        (False, IdentityState.CONFIRMED, IdentityBasis.CHECKED),
        (False, IdentityState.DOUBTED, None),
        (True, IdentityState.UNCHECKED, IdentityBasis.VERIFIED),
        (True, IdentityState.CONFIRMED, IdentityBasis.VERIFIED),
        (True, IdentityState.DOUBTED, None),
    ],
)
def test_what_counts(proven: bool, court: IdentityState, counts: IdentityBasis | None) -> None:
    """The court's word counts instead of a proof, and its doubt against one."""
    assert basis(proven=proven, court=court) is counts
