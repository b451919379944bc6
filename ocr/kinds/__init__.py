"""The kinds of paper. One module each; the list is in `ocr.kinds.plugins`."""
