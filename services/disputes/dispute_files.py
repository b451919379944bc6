"""The files of a dispute, for everybody who sees it: the desk is seldom a member of the space in which they lie."""

from schemas.api.disputes import DisputeFilesView
from schemas.enums import Role
from services.actors import Actor
from services.audit import Audit
from services.disputes.dispute_book import DisputeBook
from services.files.files import Files


class DisputeFiles:
    def __init__(self, book: DisputeBook, files: Files, audit: Audit) -> None:
        self._book = book
        self._files = files
        self._audit = audit

    async def of(self, actor: Actor, dispute_id: str) -> DisputeFilesView:
        """In the order in which they were added. That the desk looks at them is audited, before it does (K2).

        Raises ``dispute.not_found``.
        """
        dispute, order, roles = await self._book.access(actor, dispute_id)
        file_ids = dispute.get("file_ids", [])
        if file_ids and roles.isdisjoint({Role.CLIENT, Role.LAWYER}):
            await self._audit.write(actor, "dispute.files_read", f"dispute:{dispute_id}")
        return DisputeFilesView(items=await self._files.shown(order["space_id"], file_ids))
