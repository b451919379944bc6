"""A person's rights over their data (个人信息保护法 45, 47): a copy of it, and its end."""
