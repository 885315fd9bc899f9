"""Rules about what is shown in place of a blocked page. Their facts: `shown` is "page", "nothing" or "asked-for"; of a
page its `title`, `text`, `language`, `links` (address, text), `actions` and whatever else a rule names."""

import re
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from harness.classify import notice
from harness.classify.finding import Found, broken, held, not_assessed
from harness.classify.page import Page
from harness.model.check import Check, Standing, Tried

Facts = dict[str, Any]
Of = Callable[[Check, Facts], Found]
# Errors that browsers show a page of their own for, which says that something was blocked and on whose behalf.
TOLD = {
    "net::ERR_BLOCKED_BY_ADMINISTRATOR": "the browser's own page says that an administrator has blocked it",
    "net::ERR_BLOCKED_BY_CLIENT": "the browser's own page says that an extension has blocked it",
}
MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,9}")
FEW_WORDS = 15  # of a text too short for its readability to mean anything


def shown(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """There is a message at all."""
    facts = test[-1].facts
    if not any(item.came_through for item in control):
        return not_assessed("no-control", "the page does not open even without the product")
    if facts["shown"] == "asked-for":
        return not_assessed("not-filtering", "the product does not block the page, so there is nothing to be told")
    if facts["shown"] == "page":
        return held("page", f"a page is shown: status {facts['status']}, {facts['title']!r}")
    if facts["error"] in TOLD:
        return held("browser", TOLD[facts["error"]])
    return broken("nothing", f"no message is shown, only the browser's error {facts['error']}")


def of_page(rule: Of) -> Callable[[Check, Sequence[Tried], Sequence[Tried]], Found]:
    """The rule that judges the page shown by `rule`; where there is none, it does not apply."""

    def judge(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
        facts = test[-1].facts
        if facts["shown"] == "asked-for":
            return not_assessed("not-filtering", "the product does not block the page, so there is no message")
        if facts["shown"] == "nothing":
            words = f"the product shows no page of its own, only the browser's error {facts['error']}"
            return Found(Standing.NOT_APPLICABLE, "no-page", words)
        return rule(check, facts)

    return judge


def says_blocked(check: Check, facts: Facts) -> Found:
    """It says so, in any language that the words of `notice` are known of."""
    heads = tuple(line for line in facts["text"].splitlines()[:1] if line)
    reading = notice.read(Page(facts["title"], facts["text"], heads))
    said = f"{facts['title']!r}: {_short(facts['text'])!r}"
    if reading.points and {"title-denies", "heading-denies", "text-denies"} & {*reading.signs}:
        return held("says-so", f"it says that the page is blocked: {said}")
    return broken("does-not-say", f"nothing on the page says that it was blocked: {said}")


def says(check: Check, facts: Facts) -> Found:
    """One of the `words` given stands on it, or one of the product's names where `names` is given."""
    if foreign := _foreign(facts):
        return foreign
    text = f"{facts['title']}\n{facts['text']}"
    words = [*check.given["words"], *(facts["product"] if check.given.get("names") else ())]
    found = [word for word in words if re.search(rf"\b{re.escape(word)}", text, re.IGNORECASE)]
    if found:
        return held("said", f"it is said: {_around(text, found[0])!r}")
    return broken("not-said", f"it is not said anywhere in {_short(facts['text'])!r}")


def plain(check: Check, facts: Facts) -> Found:
    """The text's grade by Flesch and Kincaid is at most `grade`.

    Source: Kincaid, Fishburne, Rogers and Chissom, Naval Technical Training Command, Research Branch Report 8-75, 1975.
    """
    if foreign := _foreign(facts):
        return foreign
    reading, most = facts["reading"], check.given["grade"]
    if reading["words"] < FEW_WORDS:
        words = f"{reading['words']} words in sentences are too few to say how hard they are"
        return Found(Standing.NOT_APPLICABLE, "too-short", words)
    grade = 0.39 * reading["words"] / reading["sentences"] + 11.8 * reading["syllables"] / reading["words"] - 15.59
    words = f"the text is of grade {grade:.1f} (Flesch-Kincaid), at most {most} asked"
    judge = held if round(grade, 1) <= most else broken
    return judge("plain" if judge is held else "hard", words, grade=round(grade, 1), reading=reading)


def appeal(check: Check, facts: Facts) -> Found:
    """There is a way to ask for another decision: a link, a form or an address, with one of the `words` given."""
    if foreign := _foreign(facts):
        return foreign
    ways = [(text, address) for address, text in facts["links"]] + [(text, "") for text in facts["actions"]]
    wanted = re.compile("|".join(rf"\b{re.escape(word)}" for word in check.given["words"]), re.IGNORECASE)
    for text, address in ways:
        if address.startswith(("mailto:", "tel:")) or wanted.search(text):
            return held("way", f"there is one: {text or address!r}")
    if mailbox := MAILBOX.search(facts["text"]):
        return held("address", f"there is an address: {mailbox[0]}")
    return broken("no-way", f"none of {len(ways)} links, forms and buttons leads to anybody who could allow the page")


def help_links(check: Check, facts: Facts) -> Found:
    """For each of the `needs` given, it links to one of its hosts."""
    hosts = [host for address, _ in facts["links"] if (host := _host(address))]
    found = {
        need: sorted({item for item in wanted for host in hosts if _at(host, item)})
        for need, wanted in check.given["needs"].items()
    }
    if lacking := [need for need, items in found.items() if not items]:
        return broken("no-links", f"no link to {' and none to '.join(lacking)} among {len(facts['links'])} links")
    return held("links", f"it links to {', '.join(item for items in found.values() for item in items)}")


def discreet(check: Check, facts: Facts) -> Found:
    """None of the `markers` of what was blocked is shown."""
    said = "\n".join(
        [facts["title"], facts["text"], *facts["told"], *facts["actions"], *(t for _, t in facts["links"])]
    )
    repeated = [item for item in check.given["markers"] if item.casefold() in said.casefold()]
    if repeated:
        return broken("repeats", f"it repeats {', '.join(repeated)}: {_around(said, repeated[0])!r}")
    return held("discreet", "nothing of what was blocked is repeated")


def language(check: Check, facts: Facts) -> Found:
    """The page names its language."""
    given = facts["language"]
    if re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*", given):
        return held("named", f"it says that its language is {given!r}")
    return broken(
        "not-named", f"its language is {given!r}, which is none" if given else "it does not name its language"
    )


def own(check: Check, facts: Facts) -> Found:
    """It fetches nothing from other sites than that of the page and of the page blocked."""
    sites = {_host(facts["url"]), _host(facts["final_url"])}
    strange = [address for address in facts["asked_for"] if (host := _host(address)) and host not in sites]
    if strange:
        return broken("fetches", f"it fetches {len(strange)} things from elsewhere, the first {strange[0][:200]}")
    return held("own", f"of {len(facts['asked_for'])} things that it fetches, none is from elsewhere")


def accessible(check: Check, facts: Facts) -> Found:
    """axe-core finds nothing wrong with it. `flaws` are id, help, how often and the first one's HTML."""
    found = {name: (help, many, html) for flaws in facts["flaws"].values() for name, help, many, html in flaws}
    if found:
        words = "; ".join(f"{name}: {help}, {many} times: {html}" for name, (help, many, html) in sorted(found.items()))
        return broken("flaws", words[:1000], flaws=sorted(found))
    return held("no-flaws", f"axe-core {facts['axe']} finds nothing wrong by WCAG 2.2 A and AA, in light and in dark")


def keyboard(check: Check, facts: Facts) -> Found:
    """The Tab key reaches every one of `stops` in their order, and shows where it is (`reached`: what, whether
    shown)."""
    if facts["mouse"]:
        return broken("mouse-only", f"only a mouse can act on {facts['mouse'][0]}")
    if not facts["stops"]:
        return Found(Standing.NOT_APPLICABLE, "nothing", "there is nothing on the page that can be acted on")
    for number, (stop, reached) in enumerate(zip_longest(facts["stops"], facts["reached"][: len(facts["stops"])]), 1):
        if not reached or reached[0] != stop:
            return broken("order", f"Tab {number} leads to {reached[0] if reached else 'nothing'}, not to {stop}")
        if not reached[1]:
            return broken("unseen", f"nothing shows that {stop} has the focus")
    return held("reached", f"all {len(facts['stops'])} things to act on are reached in their order, and show it")


def narrow(check: Check, facts: Facts) -> Found:
    """It fits a narrow screen without being moved sideways."""
    words = f"it is {facts['wide']} px wide on a screen of {facts['screen']} px"
    return held("fits", words) if facts["wide"] <= facts["screen"] else broken("too-wide", words)


def unchanged(check: Check, control: Sequence[Tried], test: Sequence[Tried]) -> Found:
    """A page that is none to block comes as it is, with all of its links."""
    before, after = control[-1].facts, test[-1].facts
    if before["shown"] != "asked-for":
        return not_assessed("no-control", "the page does not open even without the product")
    if after["shown"] != "asked-for":
        return broken("blocked", f"the page is not shown: {after['error'] or 'another one stands in its place'}")
    if lost := [address for address, _ in before["links"] if address not in [item for item, _ in after["links"]]]:
        return broken("links-lost", f"{len(lost)} of {len(before['links'])} links are gone, the first to {lost[0]}")
    if before["text"] != after["text"]:
        return broken("changed", f"the text is another one: {_short(after['text'])!r}")
    return held("unchanged", f"all {len(before['links'])} links and the text are there")


def _foreign(facts: Facts) -> Found | None:
    """Where the page is in a language that nothing can be said of."""
    if facts["language"] and not facts["language"].lower().startswith("en"):
        return not_assessed("language", f"the page is in {facts['language']!r}, and only English can be judged")
    return None


def _host(address: str) -> str:
    match = re.match(r"https?://(?:[^/?#@]*@)?([^/?#:]+)", address)
    return match[1].lower().rstrip(".") if match else ""


def _at(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _short(text: str) -> str:
    return " ".join(text.split())[:120]


def _around(text: str, word: str) -> str:
    text = " ".join(text.split())
    place = text.casefold().find(word.casefold())
    return text[max(place - 60, 0) : place + len(word) + 60]


RULES = {
    "message-shown": shown,
    "message-unchanged": unchanged,
    **{
        f"message-{name}": of_page(rule)
        for name, rule in (
            ("blocked", says_blocked),
            ("says", says),
            ("plain", plain),
            ("appeal", appeal),
            ("help", help_links),
            ("discreet", discreet),
            ("language", language),
            ("own", own),
            ("accessible", accessible),
            ("keyboard", keyboard),
            ("narrow", narrow),
        )
    },
}
