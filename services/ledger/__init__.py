"""The double-entry ledger: where every fen came from, where it is, where it went (E1, E3)."""
