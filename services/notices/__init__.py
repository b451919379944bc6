"""Telling people outside the chat."""
