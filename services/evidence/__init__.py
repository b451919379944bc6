"""Evidence (F1) and the elements of a case (C8), filled in from what was read."""
