"""The tables of rights, cell by cell, against the same tables written out by hand (architecture 5)."""

import pytest

from schemas.enums import Role
from services.permissions import DESK, FINANCE, ORDER, PUBLIC, SIGNED_IN, SPACE, Permission, allowed, only

ROLES = ("client", "lawyer", "support", "reviewer", "presider", "clerk", "ops")

# fmt: off
#                     client  lawyer  support reviewer presider clerk  ops
ORDERS = {
    "order.view":    (  1,      1,      1,      0,       0,      0,     1  ),
    "order.pay":     (  1,      0,      0,      0,       0,      0,     0  ),
    "order.cancel":  (  1,      0,      1,      0,       0,      0,     1  ),
    "order.assign":  (  0,      0,      1,      0,       0,      0,     1  ),
    "order.answer":  (  0,      1,      0,      0,       0,      0,     0  ),
    "order.deliver": (  0,      1,      0,      0,       0,      0,     0  ),
    "order.confirm": (  1,      0,      0,      0,       0,      0,     0  ),
    "order.review":  (  1,      0,      0,      0,       0,      0,     0  ),
    "order.refund":  (  1,      0,      1,      0,       0,      0,     1  ),
    "order.tip":     (  1,      0,      0,      0,       0,      0,     0  ),
    "order.dispute": (  1,      0,      0,      0,       0,      0,     1  ),
}
#                     client  lawyer  support reviewer presider clerk  ops
SPACES = {
    "space.view":    (  1,      1,      1,      1,       1,      1,     0  ),
    "space.send":    (  1,      1,      1,      1,       1,      1,     0  ),
    "space.export":  (  1,      1,      1,      0,       1,      1,     0  ),
    "space.manage":  (  0,      0,      1,      0,       0,      0,     0  ),
    "space.ask_reopening": (1,  1,      0,      1,       0,      0,     0  ),
    "space.quote":   (  0,      1,      1,      0,       0,      0,     0  ),
    "space.answer_quote": (1,   0,      0,      0,       0,      0,     0  ),
    "space.notes":   (  0,      1,      1,      1,       0,      0,     0  ),
    "file.view":     (  1,      1,      1,      1,       1,      1,     0  ),
    "space.hearing": (  0,      1,      1,      1,       0,      0,     0  ),
    "evidence.list": (  1,      1,      1,      0,       0,      0,     0  ),
    "evidence.keep": (  0,      1,      1,      0,       0,      0,     0  ),
    "space.case_record": (0,    1,      1,      0,       0,      0,     0  ),
    "reading.ask":   (  1,      1,      1,      0,       0,      0,     0  ),
    "reading.clear": (  0,      1,      1,      0,       1,      1,     0  ),
    "reading.confirm": (0,      1,      1,      0,       0,      0,     0  ),
}
# What the desk may do in spaces of which it is no member (ruling 11).
#                         client  lawyer  support reviewer presider clerk  ops
DESKS = {
    "space.manage":       (  0,      0,      1,      0,       0,      0,     1  ),
    "space.close":        (  0,      0,      1,      0,       0,      0,     1  ),
    "space.read_by_desk": (  0,      0,      1,      0,       0,      0,     1  ),
    "hearing.move":       (  0,      0,      1,      0,       0,      0,     1  ),
    "content.review":     (  0,      0,      1,      1,       0,      0,     1  ),
    "verification.review": ( 0,      0,      0,      0,       0,      0,     1  ),
    "staff.manage":       (  0,      0,      0,      0,       0,      0,     1  ),
    "people.find":        (  0,      0,      1,      0,       0,      0,     1  ),
    "work_item.view":     (  0,      0,      1,      0,       0,      0,     1  ),
    "work_item.close":    (  0,      0,      1,      0,       0,      0,     1  ),
}
# What is settled with the firms (E3).
#                         client  lawyer  support reviewer presider clerk  ops
FINANCES = {
    "finance.view":       (  0,      0,      0,      0,       0,      0,     1  ),
    "finance.decide":     (  0,      0,      0,      0,       0,      0,     1  ),
    "settlement.view":    (  0,      1,      0,      0,       0,      0,     1  ),
    "settlement.approve": (  0,      0,      0,      0,       0,      0,     1  ),
    "settlement.pay":     (  0,      0,      0,      0,       0,      0,     1  ),
    "settlement.rules":   (  0,      0,      0,      0,       0,      0,     1  ),
    "penalty.impose":     (  0,      0,      0,      0,       0,      0,     1  ),
    "firm.manage":        (  0,      0,      0,      0,       0,      0,     1  ),
}
# fmt: on

CELLS = [
    pytest.param(table, permission, role, bool(right), id=f"{role} {permission}")
    for table, expected in ((ORDER, ORDERS), (SPACE, SPACES), (DESK, DESKS), (FINANCE, FINANCES))
    for permission, rights in expected.items()
    for role, right in zip(ROLES, rights, strict=True)
]


@pytest.mark.parametrize(("table", "permission", "role", "right"), CELLS)
def test_every_cell(table: dict[Permission, frozenset[Role]], permission: str, role: str, right: bool) -> None:
    assert allowed(table, Permission(permission), frozenset({Role(role)})) is right


def test_no_role_and_no_permission_is_missing_here() -> None:
    assert set(ROLES) == set(Role)
    assert {str(permission) for permission in ORDER} == set(ORDERS)
    assert {str(permission) for permission in SPACE} == set(SPACES)
    assert {str(permission) for permission in DESK} == set(DESKS)
    assert {str(permission) for permission in FINANCE} == set(FINANCES)
    assert set(ORDERS) | set(SPACES) | set(DESKS) | set(FINANCES) == {str(permission) for permission in Permission}


def test_several_roles_add_up_and_none_gives_none() -> None:
    both = frozenset({Role.REVIEWER, Role.LAWYER})
    assert allowed(ORDER, Permission.ORDER_DELIVER, both)
    assert not allowed(ORDER, Permission.ORDER_PAY, both)
    for permission in ORDER:
        assert not allowed(ORDER, permission, frozenset())


def test_doors_admit_whom_they_name() -> None:
    nobody, client = frozenset[Role](), frozenset({Role.CLIENT})
    assert PUBLIC.admits(nobody)
    assert SIGNED_IN.admits(client)
    desk = only(Role.SUPPORT, Role.OPS)
    assert not desk.admits(client)
    assert not desk.admits(nobody)
    assert desk.admits(frozenset({Role.CLIENT, Role.OPS}))
    assert (str(PUBLIC), str(SIGNED_IN), str(desk)) == ("public", "signed in", "ops, support")
