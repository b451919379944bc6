"""Disputes (售后): a client asks for money back, complains, or was served badly; a person decides (C5)."""
