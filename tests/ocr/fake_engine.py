"""An engine that behaves as the file tells it: what stands after the marker BEHAVE.

For tests of what the reader does about it.
"""

import os
import sys
import time

from ocr import frames
from ocr.confinement import own_output
from ocr.readings import Reading

READING = Reading("page", 1.0, {}, [], []).to_json()


def main() -> None:
    output = own_output()
    frames.write(output, {"ready": "fake", "rss_mb": 10})
    while (frame := frames.read(sys.stdin.buffer)) is not None:
        behaviour = frame[1].partition(b"BEHAVE ")[2].decode()
        if behaviour == "hang":
            time.sleep(3600)
        if behaviour == "die":
            os._exit(3)
        if behaviour == "babble":
            output.write(b"\xff" * 64)
            output.flush()
        if behaviour == "slowly":  # each page in time, the whole for longer than one page may take
            for page in range(4):
                time.sleep(0.3)
                frames.write(output, {"page": page, "of": 4})
        if behaviour.startswith("fault "):
            frames.write(output, {"fault": behaviour.removeprefix("fault "), "rss_mb": 10})
            continue
        rss = 5000 if behaviour == "grow" else 10
        frames.write(output, {"reading": {**READING, "engine": str(os.getpid())}, "rss_mb": rss})


if __name__ == "__main__":
    main()
