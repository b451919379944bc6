"""The case space: membership, messages, cards, notes, sync, export of the record."""
