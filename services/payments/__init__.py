"""Money to and from WeChat Pay for an order: payments, what confirms them, refunds."""
