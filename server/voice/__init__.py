"""The voice room: Janus Gateway behind the seam of ``services/hearings/media.py``."""
