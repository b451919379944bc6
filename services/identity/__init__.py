"""Who people are: accounts, sign-in, sessions, tokens, staff, phone numbers."""
