"""What is shown of personal data to who may know whose it is, and need not know it whole (K2). Pure."""

KEPT_HEAD, KEPT_TAIL = 3, 4
_WHOLE = 8  # of what is shorter than this nothing is shown


def masked_number(value: str) -> str:
    """``110101199003071234`` → ``110***********1234``: it keeps its length, so that two papers can be told apart."""
    if len(value) < _WHOLE:
        return "*" * len(value)
    return value[:KEPT_HEAD] + "*" * (len(value) - KEPT_HEAD - KEPT_TAIL) + value[-KEPT_TAIL:]


def masked_phone(phone: str) -> str:
    """``13800005678`` → ``138****5678``."""
    return f"{phone[:3]}****{phone[-4:]}"


def masked_name(name: str) -> str:
    """``王小明`` → ``王**``: enough for who holds the paper to know whose it is."""
    return name[:1] + "*" * max(1, min(len(name) - 1, 6)) if name else "*"


def masked_email(address: str) -> str:
    """``wang.xiao@example.com`` → ``w***@example.com``."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"
