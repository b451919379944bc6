"""Fen as people read them. Bills, tables and forms, which others read in again, have ``fen_to_yuan``: ``12345.60``."""


def yuan(fen: int) -> str:
    """In a sentence: ``39900`` → ``399``, ``1`` → ``0.01``."""
    whole, cents = divmod(fen, 100)
    return f"{whole}.{cents:02d}" if cents else str(whole)


def yuan_on_paper(fen: int) -> str:
    """``-1234567`` → ``-12,345.67``: as statements write it, always with two decimals."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
