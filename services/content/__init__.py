"""Content safety (内容安全): WeChat's opinion of what people write, after the fact, and people who judge by it."""
