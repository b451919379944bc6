"""The words 已遮盖 ("covered"), drawn into a copy that covers something.

Whoever is handed the copy, in whatever program, sees that it is one. They are kept as a picture, since the process
that draws has no fonts to rely on.
"""

import base64
import zlib

from PIL import Image

_SIZE = (120, 39)
_BITS = (
    "eNqN0EGKwjAUBuC/vIHsjMtZiL2CB+jYs3iLEUQDLnqtQhfZOTcY3AxdGldTIRhfksZacWECj/eF8JM84NXKDDBDEfERuOUtnXNq"
    "DnTAEpvIUjhnkSfmVWQXKTXTdyZQtImcK5X4r4GBpPW+HphVTHAwRM2EeCJHEV+u32DZPrFKUeELL5hzZwOprdxb9Ml0Yoap9VT9"
    "RIU/pdMUi/QMpvv6NSMevu9c0HX9wCXzp6CmaQI3ZC8j/p31fKAwKz2NPAJWWh/v6fNs6RQmd3a7PJz1EzJbmZhxORaUCK7qk2vP"
    "8boBQ6QV0Q=="
)
_SHARE = 3  # of the picture's shorter side that the words are wide, one in so many
_NARROWEST = 60  # pixels; fewer cannot be read
_GROUND, _INK = (38, 50, 62), (255, 255, 255)


def mark(picture: Image.Image) -> None:
    """Into the lower left corner of an upright RGB picture: on an identity card, below what is covered."""
    width = max(_NARROWEST, min(picture.size) // _SHARE)
    height = round(width * _SIZE[1] / _SIZE[0])
    words = Image.frombytes("1", _SIZE, zlib.decompress(base64.b64decode(_BITS))).convert("L").resize((width, height))
    margin = height // 2
    board = Image.new("RGB", (width + 2 * margin, height + 2 * margin), _GROUND)
    board.paste(_INK, (margin, margin), words)
    picture.paste(board, (0, max(0, picture.height - board.height)))
