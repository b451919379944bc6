"""What is in ``inside`` runs only in a network of its own (``tests/voice/namespace.py``), started from here."""

import os

from tests.voice.namespace import INSIDE

collect_ignore = [] if os.environ.get(INSIDE) else ["inside"]
