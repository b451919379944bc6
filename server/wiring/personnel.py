"""Who works here, as ops see and change it."""

from dataclasses import dataclass

from server.wiring.core import Core
from services.identity.staff import Staff
from services.identity.staff_rules import StaffRules
from services.spaces.memberships import Memberships
from services.staff.profiles import Profiles
from services.staff.role_losses import RoleLosses
from services.staff.staff_desk import StaffDesk
from services.verification.standing import Standing


@dataclass(frozen=True, slots=True)
class Personnel:
    desk: StaffDesk
    profiles: Profiles
    losses: RoleLosses


def build_personnel(core: Core, staff: Staff, memberships: Memberships, standing: Standing) -> Personnel:
    database = core.database
    return Personnel(
        desk=StaffDesk(database, staff),
        profiles=Profiles(database, standing.recheck_licence, core.audit, core.clock),
        losses=RoleLosses(database, memberships, StaffRules(database), core.work_items),
    )
