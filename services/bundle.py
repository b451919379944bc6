"""All services of a process, as the doors are given them. Built in ``server/wiring.py`` and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from services.accounts import Accounts
from services.desk import Desk
from services.exports import Exports
from services.files import Files
from services.memberships import Memberships
from services.messages import Messages
from services.notes import Notes
from services.notices import Notices
from services.orders import Orders
from services.payments import Payments
from services.products import Products
from services.pushes import Pushes
from services.refunds import Refunds
from services.search import Search
from services.sessions import Sessions
from services.sign_in import SignIn
from services.space_views import SpaceViews
from services.spaces import Spaces
from services.subscriptions import Subscriptions
from services.sync import Sync


@dataclass(frozen=True, slots=True)
class Services:
    accounts: Accounts
    desk: Desk
    exports: Exports
    files: Files
    memberships: Memberships
    messages: Messages
    notes: Notes
    notices: Notices
    orders: Orders
    payments: Payments
    products: Products
    pushes: Pushes
    refunds: Refunds
    search: Search
    sessions: Sessions
    sign_in: SignIn
    spaces: Spaces
    space_views: SpaceViews
    subscriptions: Subscriptions
    sync: Sync
    is_outage: Callable[[BaseException | None], bool]
