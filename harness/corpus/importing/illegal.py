"""Lists of illegal content are not taken in clear: only keyed hashes, and test pages on reserved names.

That a list is one is told from the words that such lists use for themselves; one that hides what it is cannot be told.
"""

import functools
import re

from harness.corpus.importing import address
from harness.corpus.importing.row import Row
from harness.model.errors import UsageError
from harness.model.url import Url

NAMES = re.compile(
    r"""(?<![a-z]) (?: iwf | internet.watch.foundation | ctiru | csam | csem | csea | csai | ncmec | icse
    | child(?:ren)?.?(?:s.)?(?:sex\w{0,10}.)?(?:porn|abuse|exploit)\w{0,20} | illegal.(?:content|material|list)
    | terror\w{0,10}.(?:content.)?list | regulators?.list ) (?![a-z])""",
    re.VERBOSE,
)
HEADING = 5000  # characters of what stands above a list that are looked at
ADVICE = (
    "looks like a list of illegal content ({said!r}) with entries in clear, which the harness does not take."
    " Have the list's holder turn each entry into hmac-sha256:<64 hex digits>, its HMAC-SHA-256 with your laboratory's"
    " key, which becomes a stand-in page on a reserved name; or list test pages on .test, .example or .invalid."
    " See docs/corpora/import.md"
)


@functools.lru_cache(maxsize=1024)
def named(text: str) -> str:
    """The words in it by which lists of illegal content are known, "" without any."""
    if text.strip().lower() == "illegal":
        return text
    match = NAMES.search(text.lower().replace("_", " "))
    return match[0] if match else ""


def refuse(row: Row, url: Url | None, source: str, category: str) -> None:
    """Raise UsageError, without the entry, when the row is one of such a list in clear. `source` is what the list is
    called, `category` what it is imported as; `url` is None where the entry is none."""
    told = (source, category, row.file, row.category, row.heading)
    said = next((words for text in told if (words := named(text[:HEADING]))), "")
    if said and row.text and (url is None or not address.is_reserved(url)):
        raise UsageError(ADVICE.format(said=said), file=row.file, line=row.line)
