from tests.sandbox.fixtures import credentials, play

__all__ = ["credentials", "play"]
