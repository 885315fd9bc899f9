"""headless-shell and full Chromium come to the same verdicts, and it is told where they do not."""

import shutil
from pathlib import Path

import pytest

from bench import browsers
from harness.browser.find import FULL, find
from harness.run.plan import Request
from tests import live

CASES = (
    live.block("bad", "http://bad.test/"),
    live.block("bad-secure", "https://bad.test/"),
    live.allow("good", "http://good.test/"),
    live.allow("good-secure", "https://good.test/"),
)


@pytest.mark.browser
@pytest.mark.skipif(not any(map(shutil.which, FULL)), reason="there is no full Chromium")
def test_both_browsers_come_to_the_same_verdicts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    live.write_corpus(tmp_path / "corpus", CASES)
    assert browsers.compare(["zoo-warn"], tmp_path, find()) == 0
    assert "4 verdicts, 0 differ   warned 2, allowed 2" in capsys.readouterr().out


def test_verdicts_that_differ_are_counted_and_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told = iter(
        [
            {("one", "on"): ("blocked", "a", ""), ("two", "on"): ("allowed", "b", "")},
            {("one", "on"): ("allowed", "b", "")},
        ]
    )

    def tell(request: Request, executable: Path) -> dict[tuple[str, str], browsers.Told]:
        return next(told)

    monkeypatch.setattr(browsers, "told", tell)
    assert browsers.compare(["zoo-perfect"], Path(), Path("/usr/bin/chromium")) == 2
    assert "one on: ('blocked', 'a', '') and ('allowed', 'b', '')" in capsys.readouterr().out
