"""The evaluation of reading: papers that are made up, damaged and read, and what of them was read right."""
