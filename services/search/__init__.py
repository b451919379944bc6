"""Searching what was said, off the hot path."""
