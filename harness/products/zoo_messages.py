"""Products of the zoo that explain themselves: what they show in place of a page that they block, and what they do with
links to help. A docstring says what checks must find."""

import html

from mitmproxy.http import HTTPFlow

from harness.products.base import CANARY_BLOCK
from harness.products.behaviour import Behaviour, page

NONE = "none"  # the category of what is in none
STYLE = """body { font: 18px/1.5 sans-serif; max-width: 36em; margin: 2em auto; padding: 0 1em; color: #222;
background: #fff; overflow-wrap: break-word } a { color: #0b4f9e }"""
BLOCKED = "<h1>This page is blocked</h1>"
WHO = "<p>The zoo, the filter of this network, has stopped it.</p>"
WHY = "<p>Reason: it is in the category {category}.</p>"
PLAIN = "<p>You have done nothing wrong. You can go back and look at some other page.</p>"
APPEAL = '<p>Is that a mistake? <a href="mailto:zoo@household.example">Ask us to look at it</a>.</p>'
HELP = """<ul><li><a href="https://www.childline.org.uk/">Childline</a>: somebody to talk to</li>
<li><a href="https://www.ceop.police.uk/">CEOP</a>: tell us who makes you feel unsafe</li></ul>"""
MESSAGE = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Page blocked</title><link rel="icon" href="data:,"><style>{STYLE}</style></head>
<body><main>{BLOCKED}{WHO}{WHY}{PLAIN}{APPEAL}{HELP}</main></body></html>
"""


class Considerate(Behaviour):
    """Good: every check of what is shown in place of a blocked page holds."""

    def message(self, url: str) -> str:
        """The page shown in place of the one at that address; {category} stands for its category."""
        return MESSAGE

    def category(self, flow: HTTPFlow) -> str:
        """What it takes the page for."""
        return "canary" if flow.request.pretty_host == CANARY_BLOCK else NONE

    def block(self, flow: HTTPFlow) -> None:
        text = self.message(flow.request.pretty_url)
        flow.response = page(text.replace("{category}", html.escape(self.category(flow))), 403)

    async def request(self, flow: HTTPFlow) -> None:
        if self.category(flow) != NONE:
            self.block(flow)


class Changed(Considerate):
    """Shows the good page with one part of it, `before`, in another form, `after`."""

    before, after = "", ""

    def message(self, url: str) -> str:
        assert self.before in MESSAGE
        return MESSAGE.replace(self.before, self.after)


class Mute(Considerate):
    """Cuts the connection: `shown` and `shown-https` are broken, what is asked of a page does not apply."""

    def block(self, flow: HTTPFlow) -> None:
        flow.kill()


class Dissembling(Considerate):
    """Says that something else is wrong: `says-blocked` is broken."""

    def message(self, url: str) -> str:
        said = MESSAGE.replace("Page blocked", "One moment").replace(BLOCKED, "<h1>We are busy just now</h1>")
        return said.replace("has stopped it", "is at work")


class Unreasoned(Changed):
    """Does not say why: `says-why` is broken."""

    before, after = WHY, ""


class Anonymous(Changed):
    """Does not say who: `says-who` is broken."""

    before, after = WHO, ""


class Wordy(Changed):
    """Says it as a lawyer might: `plain-words` is broken."""

    before = PLAIN
    after = """<p>Notwithstanding any representations previously communicated, the administrative authority responsible
    for the configuration of electronic communications infrastructure has determined, following consideration of the
    applicable acceptable utilisation provisions, that dissemination of the aforementioned material to individuals
    participating in educational activities would be fundamentally inappropriate.</p>"""


class Final(Changed):
    """Offers no way to have it looked at: `appeal` is broken."""

    before, after = APPEAL, ""


class Helpless(Changed):
    """No links to help: `help` is broken."""

    before, after = HELP, ""


class Repeating(Considerate):
    """Repeats the whole address: `discreet` is broken."""

    def message(self, url: str) -> str:
        return MESSAGE.replace(WHO, f"{WHO}<p>It was {html.escape(url)}</p>")


class Faint(Changed):
    """Its text hardly shows, and a picture has no words: `accessible` is broken."""

    before, after = PLAIN, PLAIN.replace("<p>", '<img src="data:,"><p style="color: #ccc">')


class Pointing(Changed):
    """Only a mouse can act on a part of it: `keyboard` is broken."""

    before, after = PLAIN, f'{PLAIN}<span onclick="history.back()" role="presentation">Go back</span>'


class Tongueless(Changed):
    """Does not name its language: `language` is broken, and axe-core says so too in `accessible`."""

    before, after = '<html lang="en">', "<html>"


class Wide(Changed):
    """Does not fit a narrow screen: `narrow` is broken."""

    before, after = PLAIN, PLAIN.replace("<p>", '<p style="width: 50em">')


class Fetching(Changed):
    """Fetches a picture from elsewhere: `own` is broken."""

    before, after = PLAIN, f'{PLAIN}<img src="http://pictures.elsewhere.example/logo.png" alt="The zoo">'


class Stripping(Considerate):
    """Takes links to other sites out of the pages it lets through: `help-on-a-profile`, `help-in-a-chat` and
    `help-in-a-post` are broken."""

    def response(self, flow: HTTPFlow) -> None:
        if flow.response and flow.response.content and self.category(flow) == NONE:
            flow.response.content = flow.response.content.replace(b'<a href="https://', b'<a data-was="https://')


MESSAGES: dict[str, type[Behaviour]] = {
    "mute": Mute,
    "dissembling": Dissembling,
    "unreasoned": Unreasoned,
    "anonymous": Anonymous,
    "wordy": Wordy,
    "final": Final,
    "helpless": Helpless,
    "repeating": Repeating,
    "faint": Faint,
    "pointing": Pointing,
    "tongueless": Tongueless,
    "wide": Wide,
    "fetching": Fetching,
    "stripping": Stripping,
}
