"""Shapes only: pydantic classes, typed documents and enums. Imports nothing of ours and does no I/O."""
