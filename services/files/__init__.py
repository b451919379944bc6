"""Files of a space: upload, checks, sealed storage, reading, playable recordings."""
