"""Settlement (结算, E3): what the firms are owed for served orders, every 14 days, and how they are paid."""
