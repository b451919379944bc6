"""The one way to the original of a paper that identifies somebody: asked for, allowed, and written down (K2)."""

from schemas.api.files import FileVariant, OriginalView
from services.actors import Actor
from services.audit import Audit
from services.errors import Problem
from services.files.files import Files
from services.files.masked_files import check_whole, is_masked
from services.files.tickets import Tickets


class Originals:
    def __init__(self, files: Files, tickets: Tickets, audit: Audit) -> None:
        self._files = files
        self._tickets = tickets
        self._audit = audit

    async def open(self, actor: Actor, file_id: str) -> OriginalView:
        """Links to the original. Each opening is in the audit trail, also by who brought the paper.

        Raises ``file.not_found``, ``file.not_uploaded``, ``file.gone``, ``file.held``, and ``auth.forbidden`` for
        members who need not see it.
        """
        access = await self._files.access(actor, file_id)
        document = access.document
        check_whole(document)
        masked = is_masked(document)
        if masked and not access.rights.opens_original:
            raise Problem("auth.forbidden")
        if masked:
            space_id, role = document["space_id"], access.place.role.value
            await self._audit.write(actor, "file.original_opened", f"file:{file_id}", space_id=space_id, role=role)
        # a link that opens more than everybody's is given only where that was asked for and written down
        link = self._tickets.whole_url if masked else self._tickets.file_url
        picture = document["content_type"].startswith("image/")
        return OriginalView(
            url=link(file_id),
            preview_url=link(file_id, FileVariant.PREVIEW) if picture else None,
        )
