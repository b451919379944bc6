"""What nobody would hear is not sent, and nobody who begins to listen misses anything."""

from realtime.listeners import QUIET_SECONDS, RECENT_SECONDS, Listeners


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def silent(ticks: Ticks, *channels: str) -> Listeners:
    """Listeners who know that nobody is there."""
    listeners = Listeners(ticks)
    listeners.sending()
    for channel in channels:
        listeners.answered(channel, 0)
    return listeners


def test_it_is_sent_until_an_answer_says_that_nobody_heard() -> None:
    listeners = Listeners(Ticks())
    assert listeners.hear("a", b"1", lasting=True)
    listeners.sending()
    listeners.answered("a", 1)
    assert listeners.hear("a", b"2", lasting=True)
    listeners.answered("a", 0)
    assert not listeners.hear("a", b"3", lasting=True)
    assert listeners.hear("b", b"3", lasting=True)


def test_who_begins_to_listen_is_told_the_last_that_was_kept_back() -> None:
    listeners = silent(Ticks(), "a")
    for message in (b"1", b"2"):
        assert not listeners.hear("a", message, lasting=True)
    assert not listeners.hear("a", b"typing", lasting=False)
    assert listeners.began("a") == b"2"
    assert listeners.hear("a", b"3", lasting=True)
    assert listeners.began("a") is None


def test_what_was_kept_back_long_ago_is_not_said_again() -> None:
    ticks = Ticks()
    listeners = silent(ticks, "a")
    assert not listeners.hear("a", b"1", lasting=True)
    ticks.now += RECENT_SECONDS + 0.1
    assert listeners.began("a") is None


def test_who_began_while_a_message_was_on_its_way_is_not_taken_for_absent() -> None:
    """PUBLISH came before SUBSCRIBE, its answer after our hearing of it."""
    listeners = Listeners(Ticks())
    listeners.sending()
    assert listeners.began("a") is None
    listeners.answered("a", 0)
    assert listeners.hear("a", b"1", lasting=True)


def test_silence_is_believed_for_a_while_only_and_what_was_kept_back_outlives_it() -> None:
    ticks = Ticks()
    listeners = silent(ticks, "a")
    ticks.now += QUIET_SECONDS - 0.1
    assert not listeners.hear("a", b"1", lasting=True)
    ticks.now += 0.2
    assert listeners.hear("a", b"2", lasting=True)
    listeners.sending()
    listeners.answered("a", 0)
    assert not listeners.hear("a", b"typing", lasting=False)
    assert listeners.began("a") == b"1"


def test_after_deafness_everything_that_somebody_may_have_missed_is_said_again() -> None:
    ticks = Ticks()
    listeners = silent(ticks, "old", "late", "empty")
    listeners.hear("old", b"1", lasting=True)
    ticks.now += 60 - 0.1
    listeners.hear("late", b"2", lasting=True)
    deaf_since = ticks.now
    ticks.now += 30
    assert listeners.forget(deaf_since) == [("late", b"2")]
    listeners.answered("old", 0)  # sent before: what is known from then is not worth anything
    assert listeners.hear("old", b"3", lasting=True)
