"""What the sites of the lab's Internet show: plain pages in four layouts, and pages that get in the way."""

import random

from bench.isp.sites import LATE, Kind, Site

WORDS = {
    "thing": "boat shed|reading room|oak bench|brass clock|paper map|glass roof|stone bridge|tin kettle|wool blanket",
    "place": "harbour|market square|old station|north field|mill pond|town hall|orchard|canal|lighthouse",
    "done": "painted again|measured|moved a little to the left|drawn by hand|oiled and cleaned|counted twice|mended",
    "people": "neighbours|two carpenters|the choir|several gardeners|our readers|a few walkers|the bakers|students",
    "month": "January|February|March|April|May|June|July|August|September|October|November|December",
    "day": "Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday",
    "weather": "rain|fog|sunshine|a light wind|snow|drizzle",
}
SENTENCES = (
    "The {thing} by the {place} was {done} in {month}, and {people} came to look at it.",
    "On {day} there was {weather} at the {place}, so the talk about the {thing} was held indoors.",
    "Nobody remembers when the {thing} was last {done}, though {people} say that it was in {month}.",
    "If you bring your own cup, {people} will gladly show you the {thing} on a {day}.",
    "A short note on the {place}: in {weather} it is best seen from the {thing}.",
    "The {thing} has been {done} three times since {month}, always on a {day}.",
    "From the {place} it takes ten minutes on foot to the {thing}, or twelve in {weather}.",
    "We asked {people} about {month}, and they spoke of little else but the {thing}.",
)
DOCUMENT = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,"></head>
<body>
{body}
</body>
</html>
"""
ARTICLE = """<header><nav><a href="/">Home</a> <a href="/about">About</a></nav></header>
<main><article><h1>{title}</h1>
{paragraphs}
</article></main><footer>Written for a test.</footer>"""
SHOP = """<h1>{title}</h1><table><tr><th>Item</th><th>Price</th></tr>
<tr><td>Postcard of the {one}</td><td>1.20</td></tr><tr><td>Print of the {two}</td><td>4.50</td></tr></table>
<section>{paragraphs}</section>"""
THREAD = """<div id="top"><h2>{title}</h2></div>
<ol><li><b>first</b> the {one}?</li><li><b>second</b> the {two}.</li></ol>
<div class="posts">{paragraphs}</div><form action="/find"><input name="q"><button>Find</button></form>"""
BOARD = """<div class="bar"><span>{title}</span></div><ul><li>The {one}</li><li>The {two}</li></ul>
<blockquote>{paragraphs}</blockquote><hr><address>Ask at the desk.</address>"""
LAYOUTS = (ARTICLE, SHOP, THREAD, BOARD)

LOGIN = """<h1>Welcome back</h1><p>Please sign in to go on to your garden diary.</p>
<form method="post"><label>Name <input name="name"></label>
<label>Password <input type="password" name="password"></label>
<button>Sign in</button></form><p>New here? Ask at the desk for a card, it is free for everybody in the town.</p>"""
CAPTCHA = """<h1>One moment</h1><p>Please verify you are human by typing the letters below.</p>
<form><input name="letters"><button>Go on</button></form>"""
PARKED = """<h1>parked.example</h1><p>This domain is for sale. Make an offer today.</p>
<ul><li>Garden tools</li><li>Teapots</li><li>Maps</li></ul>"""
REFUSING = "<center><h1>403 Forbidden</h1></center><hr><center>nginx</center>"
BROKEN = "<h1>Service unavailable</h1><p>We are mending something. Please come back in an hour.</p>"
OTHERS = {
    Kind.LOGIN: (200, "Sign in", LOGIN),
    Kind.CAPTCHA: (200, "One moment", CAPTCHA),
    Kind.PARKED: (200, "parked.example", PARKED),
    Kind.REFUSING: (403, "403 Forbidden", REFUSING),
    Kind.BROKEN: (503, "Service unavailable", BROKEN),
}


def page(site: Site, path: str, visit: int) -> tuple[int, str]:
    """Status and document; `visit` counts the visits, of which a changing site shows something."""
    if site.kind in OTHERS:
        status, title, body = OTHERS[site.kind]
        return status, DOCUMENT.format(title=title, body=body)
    if path not in ("/", LATE):
        return 404, DOCUMENT.format(title="Not found", body=f"<h1>Not found</h1><p>{site.name} has no such page.</p>")
    rng = random.Random(f"{site.name}{path}")
    words = {name: rng.sample(choices.split("|"), 5) for name, choices in WORDS.items()}
    paragraphs = [_paragraph(rng, words) for _ in range(3)]
    if site.kind is Kind.CHANGING:
        paragraphs.append(f"<p>Visitor number {visit}. {_sentence(random.Random(visit), words)}</p>")
    title = f"{site.name.split('.')[-2].replace('-', ' ').capitalize()}: the {words['thing'][0]}"
    body = rng.choice(LAYOUTS).format(
        title=title, one=words["thing"][1], two=words["thing"][2], paragraphs="\n".join(paragraphs)
    )
    return 200, DOCUMENT.format(title=title, body=body)


def _paragraph(rng: random.Random, words: dict[str, list[str]]) -> str:
    return f"<p>{' '.join(_sentence(rng, words) for _ in range(5))}</p>"


def _sentence(rng: random.Random, words: dict[str, list[str]]) -> str:
    return rng.choice(SENTENCES).format(**{name: rng.choice(choices) for name, choices in words.items()})
