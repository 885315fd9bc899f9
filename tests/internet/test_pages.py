"""What the replayed Internet says by itself."""

from dataclasses import replace

from harness.internet.pages import MISS, MISS_MARK, NEUTRAL, TOKEN, neutral, token_for, with_token


def test_tokens_are_of_one_attempt_of_one_run() -> None:
    token = token_for("run", "case/test/1")
    assert TOKEN.findall(f'data-replay-token="{token}"') == [token]
    assert token == token_for("run", "case/test/1")
    assert len({token, token_for("other", "case/test/1"), token_for("run", "case/test/2")}) == 3


def test_neutral_pages_take_the_token() -> None:
    assert TOKEN.search(NEUTRAL) is None
    assert TOKEN.findall(with_token(neutral(), "a" * 32).body.decode()) == ["a" * 32]


def test_the_miss_page_is_no_page_of_a_case() -> None:
    assert MISS_MARK in MISS
    assert MISS_MARK not in NEUTRAL
    assert TOKEN.search(MISS) is None


def test_pages_of_frames_alone_take_the_token_where_they_keep_it() -> None:
    answer = replace(neutral(), body=b"<html><frameset cols=*><frame src=a></FRAMESET></html>")
    page = with_token(answer, "a" * 32).body
    assert page == b'<html><frameset cols=*><frame src=a><!-- data-replay-token="%s" --></FRAMESET></html>' % (
        b"a" * 32
    )
