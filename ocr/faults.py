"""ReadingFault: why a file could not be read, as a stable code."""

RETRYABLE = frozenset({"reading.queue_full", "reading.timed_out", "reading.failed", "reading.unavailable"})

CODES = frozenset(
    {
        "reading.empty_file",  # no byte at all
        "reading.file_too_large",  # more bytes than the limit
        "reading.type_unsupported",  # by its content neither an image nor a PDF that can be read
        "reading.file_broken",  # cut off or damaged
        "reading.image_too_large",  # more pixels than the limit; a bomb, as a rule
        "reading.animated",  # moving pictures: which moment would count?
        "reading.file_locked",  # a PDF that asks for a password
        "reading.too_many_pages",
        "reading.too_costly",  # the engine hit its bound of memory
        "reading.timed_out",  # a page took longer than the limit; the engine was killed
        "reading.queue_full",  # too many wait already
        "reading.failed",  # the engine died over this file
        "reading.unavailable",  # engine or weights are not installed, or do not start
    }
)


class ReadingFault(Exception):  # noqa: N818 - a fact about the file, not a mistake of the program
    """A fact with a stable code out of `CODES`. Its text holds nothing of the file."""

    def __init__(self, code: str) -> None:
        if code not in CODES:
            raise ValueError(code)
        super().__init__(code)
        self.code = code

    @property
    def retryable(self) -> bool:
        return self.code in RETRYABLE
