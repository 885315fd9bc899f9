"""What a report says of two tiers: how far they agree, and what becomes of cases that the fast one alone saw."""

from harness.classify.tiers import UNTRUSTED
from harness.report import html, plain, result
from harness.report.annex import command
from harness.report.certifier import points
from tests.report import kinds


def test_said_where_they_agree() -> None:
    folder, derived = kinds.run("tiers")
    page = "".join(html.report(folder, derived))
    assert page.count("Two tiers, setting") == 2
    told = plain.tiers(derived.tiers[0])
    assert told in page
    assert "Of the 12 cases drawn" in told
    assert "Of the other 12 both gave 12 the same verdict" in told
    assert told.endswith("The criteria ask for 50.00%, so cases that it alone saw are scored.")
    assert result.counts(derived)["scored"] == 48
    (point,) = [item for item in points(folder, derived) if item.title == "Two tiers"]
    assert not point.look


def test_said_where_they_do_not_agree_as_asked() -> None:
    folder, derived = kinds.run("tiers-apart")
    assert result.counts(derived)["unscored"] == {UNTRUSTED: 24}
    told = plain.tiers(derived.tiers[0])
    assert told.endswith("The criteria ask for 90.00%, so cases that it alone saw have no verdict.")
    page = "".join(html.report(folder, derived))
    assert plain.REASON[UNTRUSTED] in page
    (point,) = [item for item in points(folder, derived) if item.title == "Two tiers"]
    assert point.look
    assert "--tier fast --browser-sample 12" in command(derived)


def test_nothing_is_said_where_there_is_one() -> None:
    folder, derived = kinds.run("pass")
    assert "Two tiers" not in "".join(html.report(folder, derived))
    assert "tiers" not in result.decisions(derived)
    assert "--tier" not in command(derived)
