"""Rules about what is shown in place of a blocked page: what they hold against whom, on facts alone."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.classify import messages
from harness.classify.finding import Found
from harness.model.check import Check, Group, Standing, Tried
from harness.model.words import Arm
from harness.profile import checks, shipped

CHECKS = {check.id.removeprefix("messages."): check for check in checks.read(shipped.CHECKS / "messages.toml")}
OPENED = Tried("", Arm.CONTROL, "", 1, True)
FACTS: dict[str, Any] = {
    "shown": "page",
    "url": "http://blocked.example/",
    "final_url": "http://blocked.example/",
    "status": 403,
    "error": "",
    "language": "en",
    "title": "Page blocked",
    "text": "This page is blocked\nReason: the site is on a block list.\nAsk your school.",
    "told": [],
    "links": [["https://www.childline.org.uk/", "Childline"], ["https://www.ceop.police.uk/", "CEOP"]],
    "actions": ["Unblock this page"],
    "product": ["A filter", "filter"],
    "asked_for": [],
    "reading": {"sentences": 4, "words": 40, "syllables": 50},
    "axe": "4",
    "flaws": {"light": [], "dark": []},
    "mouse": [],
    "stops": ["<a>"],
    "reached": [["<a>", True]],
    "screen": 320,
    "wide": 320,
}


def judged(name: str, control: Tried = OPENED, **facts: Any) -> Found:
    check = CHECKS[name]
    return messages.RULES[check.judged](check, [control], [Tried(check.id, Arm.TEST, "s", 1, False, FACTS | facts)])


OF_PAGE = [name for name, check in CHECKS.items() if check.judged not in ("message-shown", "message-unchanged")]


@pytest.mark.parametrize("name", OF_PAGE)
def test_a_page_that_has_all_holds(name: str) -> None:
    assert judged(name).standing is Standing.HELD


@pytest.mark.parametrize("name", OF_PAGE)
def test_nothing_is_held_or_broken_where_there_is_no_page(name: str) -> None:
    none = judged(name, shown="nothing", error="net::ERR_NAME_NOT_RESOLVED")
    assert none.standing is Standing.NOT_APPLICABLE
    assert "ERR_NAME_NOT_RESOLVED" in none.words
    assert judged(name, shown="asked-for").standing is Standing.NOT_ASSESSED


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("says-blocked", {"title": "Weather", "text": "Mild, some cloud."}),
        ("says-blocked", {"title": "", "text": ""}),
        ("says-why", {"text": "This page is blocked."}),
        ("says-who", {"text": "This page is blocked."}),
        ("plain-words", {"reading": {"sentences": 1, "words": 40, "syllables": 100}}),
        ("appeal", {"actions": [], "text": "Blocked."}),
        ("help", {"links": [["https://www.childline.org.uk.attacker.example/", "Childline"]]}),
        ("help", {"links": [["https://www.childline.org.uk/", "Childline"]]}),
        ("help", {"links": [["http://blocked.example/?to=https://www.ceop.police.uk/", "CEOP"]]}),
        ("discreet", {"title": "Blocked: Marker-Title-23"}),
        ("discreet", {"told": ["marker-query-17"]}),
        ("accessible", {"flaws": {"light": [], "dark": [["color-contrast", "Contrast", 2, "<p>"]]}}),
        ("keyboard", {"reached": [None]}),
        ("keyboard", {"reached": [["<b>", True]]}),
        ("keyboard", {"reached": [["<a>", False]]}),
        ("keyboard", {"reached": []}),
        ("keyboard", {"mouse": ["<span onclick>"]}),
        ("language", {"language": ""}),
        ("language", {"language": "<english>"}),
        ("narrow", {"wide": 321}),
        ("own", {"asked_for": ["http://pictures.elsewhere.example/a.png"]}),
    ],
)
def test_what_is_missing_is_broken(name: str, facts: dict[str, Any]) -> None:
    assert judged(name, **facts).standing is Standing.BROKEN


@pytest.mark.parametrize("name", ["says-why", "says-who", "plain-words", "appeal"])
def test_what_is_in_another_language_is_not_judged_by_english(name: str) -> None:
    assert judged(name, language="cy").standing is Standing.NOT_ASSESSED


def test_a_block_is_told_in_other_languages_too() -> None:
    assert judged("says-blocked", title="", text="Der Zugriff auf diese Seite ist gesperrt.").standing is Standing.HELD


def test_a_text_of_few_words_has_no_grade() -> None:
    for reading in ({"sentences": 1, "words": 5, "syllables": 30}, {"sentences": 0, "words": 0, "syllables": 0}):
        assert judged("plain-words", reading=reading).standing is Standing.NOT_APPLICABLE


def test_the_grade_is_flesch_and_kincaids() -> None:
    found = judged("plain-words", reading={"sentences": 10, "words": 100, "syllables": 150})
    assert found.figures["grade"] == 6.0  # 0.39 * 10 + 11.8 * 1.5 - 15.59 = 6.01
    assert found.standing is Standing.HELD


def test_a_page_with_nothing_to_act_on_is_no_matter_of_the_keyboard() -> None:
    assert judged("keyboard", stops=[], reached=[]).standing is Standing.NOT_APPLICABLE


def test_a_message_counts_once_the_page_is_known_to_open() -> None:
    assert judged("shown").standing is Standing.HELD
    gone: dict[str, Any] = {"shown": "nothing", "error": "net::ERR_NAME_NOT_RESOLVED"}
    assert judged("shown", **gone).standing is Standing.BROKEN
    assert judged("shown", Tried("", Arm.CONTROL, "", 1, False), **gone).standing is Standing.NOT_ASSESSED
    assert judged("shown", shown="asked-for").standing is Standing.NOT_ASSESSED
    told = judged("shown", shown="nothing", error="net::ERR_BLOCKED_BY_ADMINISTRATOR")
    assert (told.standing, told.rule) == (Standing.HELD, "browser")


PAGES = st.fixed_dictionaries(
    {
        "shown": st.sampled_from(["asked-for", "page", "nothing"]),
        "error": st.sampled_from(["", "net::ERR_FAILED"]),
        "text": st.sampled_from(["Talk to somebody.", ""]),
        "links": st.lists(st.tuples(st.sampled_from(["https://a.example/", "https://b.example/"]), st.just("x"))),
    }
)


@given(before=PAGES, after=PAGES)
def test_a_page_is_unchanged_only_when_all_of_it_came(before: dict[str, Any], after: dict[str, Any]) -> None:
    check = Check("messages.x", Group.MESSAGES, "t", "w", 3, "page-allowed", "message-unchanged")
    control = Tried(check.id, Arm.CONTROL, "", 1, True, before)
    found = messages.unchanged(check, [control], [Tried(check.id, Arm.TEST, "s", 1, True, after)])
    if before["shown"] != "asked-for":
        assert found.standing is Standing.NOT_ASSESSED
    elif found.standing is Standing.HELD:
        assert after["shown"] == "asked-for"
        assert after["text"] == before["text"]
        assert {address for address, _ in before["links"]} <= {address for address, _ in after["links"]}
    else:
        assert found.standing is Standing.BROKEN


@given(
    stops=st.lists(st.sampled_from("abcd"), unique=True, min_size=1),
    reached=st.lists(st.none() | st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=5),
)
def test_the_keyboard_works_only_where_every_stop_is_reached_and_seen(stops: list[str], reached: list[Any]) -> None:
    held = judged("keyboard", stops=stops, reached=reached).standing is Standing.HELD
    assert held == ([(stop, True) for stop in stops] == reached[: len(stops)])
