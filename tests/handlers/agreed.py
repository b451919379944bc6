"""Terms that everybody has agreed to, for doors that are tested without a whole process."""

from services.actors import Actor


class Agreed:
    async def demand(self, actor: Actor) -> None:
        assert actor.user_id
