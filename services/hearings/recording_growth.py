"""Whether a recording grows: a light that says "recording" proves nothing. No I/O."""

import time
from dataclasses import dataclass, field

STALLED_SECONDS = 5.0


@dataclass(slots=True)
class Growth:
    size: int = 0
    grew_at: float = field(default_factory=time.monotonic)

    def stalled(self, size: int, *, recording: bool) -> bool:
        """``size``: its bytes now. Whether it ought to have grown by now, and has not."""
        if size > self.size or not recording:
            self.grew_at = time.monotonic()
        self.size = size  # a new take begins small, and has not grown by that
        return time.monotonic() - self.grew_at > STALLED_SECONDS
