"""Quotes in the space: offered by the lawyer, accepted and paid by the client."""
