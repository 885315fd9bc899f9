"""What the replayed Internet says by itself: neutral pages, the token of an attempt, the page for what is not
replayed."""

import re
from dataclasses import replace

from harness.corpus.answer import Answer
from harness.internet.coding import packed, unpacked
from harness.model import canonical

TOKEN = re.compile(r'data-replay-token="([0-9a-f]{32})"')
MISS_MARK = "data-replay-miss"
DOCUMENT = re.compile(rb"(?i)(?:\xef\xbb\xbf)?(?>\s*<!--(?s:.*?)-->)*+\s*<(?:!doctype|html|head|body)\b")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # its byte order marks, which browsers heed before anything else

NEUTRAL = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>A page</title><link rel="icon" href="data:,"></head>
<body>
<h1>A page</h1>
<p>This page stands in for another one. It says nothing in particular, and it says it in a few plain lines.</p>
<p>The first line is short. The second line is a little longer than the first. The third line closes the paragraph.</p>
</body>
</html>
"""

MISS = f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Not in this replay</title><link rel="icon" href="data:,"></head>
<body {MISS_MARK}><h1>Not in this replay</h1><p>The test harness replays no page at this address just now.</p></body>
</html>
"""


def token_for(nonce: str, attempt_id: str) -> str:
    """The token of one attempt of one run: 32 hex digits anyone can recompute from the journal."""
    return canonical.digest(f"{nonce}:{attempt_id}")[:32]


def neutral() -> Answer:
    """A short page about nothing, for cases without a fixture."""
    return Answer(200, (("Content-Type", "text/html; charset=utf-8"),), NEUTRAL.encode())


def with_token(answer: Answer, token: str, part: bool = False) -> Answer:
    """The answer with the token in a hidden element at the end of its body, where it takes one; what is `part` of a
    page only where it is a whole document."""
    if not answer.takes_token:
        return answer
    coding = answer.header("content-encoding")
    try:
        body = unpacked(answer.body, coding)
    except ValueError:  # not what it says, and so no page
        return answer
    if body.startswith(UTF_16) or (part and not DOCUMENT.match(body)):
        return answer
    kept = body.lower()
    if (place := kept.rfind(b"</body>")) < 0 and (place := kept.rfind(b"</frameset>")) >= 0:
        mark = f'<!-- data-replay-token="{token}" -->'  # there are no elements in there but frames
    else:
        mark = f'<i hidden data-replay-token="{token}"></i>'
    place = place if place >= 0 else len(body)
    return replace(answer, body=packed(body[:place] + mark.encode() + body[place:], coding))
