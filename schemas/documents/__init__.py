"""What is stored: typed dictionaries, which PyMongo reads and writes as they are, at no cost."""
