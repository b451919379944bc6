"""What something costs: coupons, subsidies, prepaid balances, tips (E2)."""
