"""Receipts (数字凭证): a signed paper for each payment, and a page where anyone can check it (E1)."""
