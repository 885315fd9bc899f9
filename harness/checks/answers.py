"""Which category a product says that a page is of, whatever it does with the page."""

import asyncio
import re
import struct
from collections.abc import Sequence

import dns.edns
import dns.exception
import dns.message

from harness.checks.faulty import sound
from harness.checks.ground import VISIT_SECONDS, Ground
from harness.checks.shown import Shown, Untried
from harness.corpus.load import Corpus, load
from harness.model import canonical
from harness.model import url as urls
from harness.model.case import Case
from harness.model.check import Check
from harness.model.words import Expectation
from harness.profile.ratings import Answer

AT_ONCE = 4
NONE = "none"  # the category of what is in none
DNS_PORT, DNS_SECONDS = 53, 5.0


async def answered(ground: Ground, check: Check) -> Shown:
    """What the product says of the pages drawn from the corpus `given`: of each case its category by the corpus, what
    the product said, and the category that this means. Raises Untried."""
    where = ground.profile.ratings.answer
    if where is None:
        return Shown(inapplicable="the product's profile names no place where it says what category a page is of")
    corpus = load(str(check.given["corpus"]))
    free = asyncio.Semaphore(AT_ONCE)

    async def one(case: Case) -> list[str]:
        async with free:
            said = await (_resolved(ground, case) if where.where == "dns" else _visited(ground, corpus, case, where))
        found = next(filter(None, map(where.category, said)), NONE)
        return [case.case_id, category(case), " | ".join(said)[:300], found]

    cases = drawn(corpus, int(check.given["each"]), int(check.given["none"]))
    pages = await asyncio.gather(*(one(case) for case in cases))
    return Shown(facts={"corpus": corpus.manifest.name, "digest": corpus.digest, "where": where.where, "pages": pages})


def category(case: Case) -> str:
    """The category that a product is to name: that of a case to block, none of one to allow."""
    return case.category if case.expectation is Expectation.BLOCK else NONE


def drawn(corpus: Corpus, each: int, none: int) -> list[Case]:
    """So many cases of each category to block and so many to allow, the same ones every time."""
    kept: dict[str, list[Case]] = {}
    for case in sorted(corpus.cases, key=lambda case: canonical.digest(case.case_id)):
        cases = kept.setdefault(category(case), [])
        if len(cases) < (none if category(case) == NONE else each):
            cases.append(case)
    return [case for name in sorted(kept) for case in kept[name]]


async def _visited(ground: Ground, corpus: Corpus, case: Case, where: Answer) -> Sequence[str]:
    """The header's values or, of a page in place of the one asked for, the text. Raises Untried."""
    fixture, data = corpus.fixture(case)
    async with await ground.serve(case.url, fixture, data) as page:
        sight = await ground.visit(case.url, page.token, seconds=VISIT_SECONDS)
    if not sight.token_seen:
        sound(ground, sight)
    if where.where == "header":
        return [value for name, value in sight.headers if name.lower() == where.header.lower()]
    found = re.sub(r"\s+", " ", sight.text)
    return [] if sight.token_seen else [found]


async def _resolved(ground: Ground, case: Case) -> Sequence[str]:
    """The extended errors of the answer about the case's host. Raises Untried."""
    query = dns.message.make_query(urls.parse(case.url).hostname, "A", use_edns=0).to_wire()
    try:
        async with asyncio.timeout(DNS_SECONDS):
            reader, writer = await ground.room.connect(DNS_PORT)
            writer.write(struct.pack("!H", len(query)) + query)
            (size,) = struct.unpack("!H", await reader.readexactly(2))
            reply = dns.message.from_wire(await reader.readexactly(size))
            writer.close()
    except (OSError, TimeoutError, asyncio.IncompleteReadError, dns.exception.DNSException) as error:
        raise Untried(f"no answer about {case.case_id}: {type(error).__name__} {error}".strip()) from None
    extended = [option for option in reply.options if isinstance(option, dns.edns.EDEOption)]
    return [f"{int(option.code)} {option.text or ''}".strip() for option in extended]
