"""Electronic invoices (电子发票) for payments, through WeChat Pay or by hand (E1)."""
