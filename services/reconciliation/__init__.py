"""Every day: ledger = orders = the provider's bills, and a work item for each difference (E1)."""
