"""Hearings (I6): a court in a voice room. Rules without I/O, use cases, and the seam to the media."""
