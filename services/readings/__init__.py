"""Readings (OCR, F2): a photo becomes fields, which a person confirms."""
