"""Proving who one is (B2): a person by identity card, a lawyer by licence, a company by its own."""
