"""Problem: the one exception that services raise on purpose."""

from collections.abc import Sequence

from schemas.problem_kinds import ProblemType
from schemas.problems import PROBLEMS


class Problem(Exception):  # noqa: N818 - RFC 9457 calls it a problem
    """A fact the caller must be told, with a stable code out of ``schemas.problems``.

    ``detail`` is Chinese and may be shown; it must hold no personal data. ``errors`` lists faulty fields as
    ``{"field": …, "message": …}``. ``retry_after`` is in seconds.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        errors: Sequence[dict[str, str]] = (),
        retry_after: float | None = None,
    ) -> None:
        self.type: ProblemType = PROBLEMS[code]
        self.detail = detail or self.type.title
        self.errors = list(errors)
        self.retry_after = retry_after
        super().__init__(code)

    @property
    def code(self) -> str:
        return self.type.code
