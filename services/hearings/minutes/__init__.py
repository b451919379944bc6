"""The minutes of a hearing (庭审笔录): written, read, corrected, fixed and signed."""
