"""The files of a dispute, for everybody who sees it: the desk is seldom a member of the space in which they lie."""

from schemas.api.disputes import DisputeFilesView
from schemas.api.files import FileBegin, UploadView
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.disputes.dispute_book import DisputeBook
from services.errors import Problem
from services.files.files import Files
from services.orders.order_book import OrderBook
from services.permissions import Permission


class DisputeFiles:
    def __init__(self, book: DisputeBook, orders: OrderBook, files: Files, audit: Audit) -> None:
        self._book = book
        self._orders = orders
        self._files = files
        self._audit = audit

    async def begin(self, actor: Actor, order_id: str, body: FileBegin) -> UploadView:
        """Announce a file that is to go with a dispute: of the client, whose space may be closed by now, or of ops who
        speak for a client and are no members. Raises ``order.not_found``, ``auth.forbidden``, ``file.type_refused``,
        ``file.empty``, ``file.too_large``, ``file.gone``."""
        access = await self._orders.access(actor, order_id, Permission.ORDER_DISPUTE)
        if Role.LAWYER in access.roles:
            raise Problem("auth.forbidden")  # nobody speaks for the other side of their own order
        return await self._files.begin_apart(actor, access.order["space_id"], body)

    async def of(self, actor: Actor, dispute_id: str) -> DisputeFilesView:
        """In the order in which they were added. That the desk looks at them is audited, before it does (K2).

        Raises ``dispute.not_found``.
        """
        dispute, order, roles = await self._book.access(actor, dispute_id)
        file_ids = dispute.get("file_ids", [])
        if file_ids and roles.isdisjoint({Role.CLIENT, Role.LAWYER}):
            await self._audit.write(actor, "dispute.files_read", f"dispute:{dispute_id}")
        return DisputeFilesView(items=await self._files.shown(order["space_id"], file_ids))
