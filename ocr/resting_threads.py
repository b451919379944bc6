"""onnxruntime's threads that rest between pieces of work.

They wait for the next piece in a loop by default, which costs a quarter of the processor time of a page and slows down
whoever shares the machine. The setting is onnxruntime's ``session.intra_op.allow_spinning``
(onnxruntime_session_options_config_keys.h), which PaddleX's ``engine_config`` has no word for.
"""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_threads() -> Iterator[None]:
    """Sessions that are opened within have threads that sleep while they wait. For one thread at a time."""
    import onnxruntime  # only here: of the extra `ocr`, which an engine's own process needs

    usual = onnxruntime.SessionOptions

    class Resting(usual):  # type: ignore[misc,valid-type]  # the module has no types
        def __init__(self) -> None:
            super().__init__()
            self.add_session_config_entry("session.intra_op.allow_spinning", "0")

    onnxruntime.SessionOptions = Resting
    try:
        yield
    finally:
        onnxruntime.SessionOptions = usual
