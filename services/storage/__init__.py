"""Collections, indexes, transactions and blobs. Nobody outside services/ and the wiring may look in here."""
