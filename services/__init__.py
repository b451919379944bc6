"""Use cases, rules and permissions. Knows no transport; ``services/storage`` is private to it."""
