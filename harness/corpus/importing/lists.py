"""Plain lists: domains or URLs, hosts files, adblock-style rules, squidGuard folders. `#` begins a comment where the
format has it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath

from harness.corpus.importing.options import Options
from harness.corpus.importing.reading import lines
from harness.corpus.importing.row import Reason, Row, unread
from harness.corpus.importing.sources import Member, members
from harness.model.errors import UsageError

LIST = re.compile(r"(domains|urls)(\.[0-9]+)?")
EXPRESSIONS = ("expressions", "very_restrictive_expression")
COMMENT = re.compile(r"(^|\s)#.*")
SINKS = ("0.0.0.0", "127.0.0.1", "::", "::1")
LOCAL = re.compile(r"localhost(\..+)?|local|broadcasthost|ip6-.+|0\.0\.0\.0")
RULE = re.compile(r"\|\|([^/^|*$\s]+)\^?\|?(?:\$(.*))?")
PAGE_OPTIONS = {"important", "all", "document", "doc"}
HEADING = 20  # lines of comment above a list that may say what it is


def domains(source: Path, options: Options) -> Iterator[Row]:
    """One host or URL a line."""
    for member in members(source):
        yield from _entries(member, options)


def hosts(source: Path, options: Options) -> Iterator[Row]:
    """`ADDRESS NAME…`: every name that leads nowhere."""
    for member in members(source):
        for row in _entries(member, options):
            where, *names = row.text.split()
            if not names:
                yield replace(row, reason=Reason.BROKEN, detail="not an address and its names")
            for name in names:
                detail = f"leads to {where[:60]}, so it is not blocked" if where not in SINKS else ""
                if LOCAL.fullmatch(name):
                    detail = "a name of the machine itself"
                yield replace(row, text=name, reason=Reason.NO_PAGE if detail else None, detail=detail)


def adblock(source: Path, options: Options) -> Iterator[Row]:
    """Rules that block a host and all its pages: `||host^`, with no options but such as widen them."""
    for member in members(source):
        for row in _entries(member, options, comments=("!", "[")):
            text, detail = _rule(row.text)
            yield replace(row, text=text, reason=Reason.NO_PAGE if detail else None, detail=detail)


def _rule(text: str) -> tuple[str, str]:
    """The host of a rule, or the rule and why it names no host to block."""
    if text.startswith("@@"):
        return text, "an exception"
    if re.search(r"#[@?$%]*#", text):
        return text, "a rule about parts of a page"
    if re.fullmatch(r"/.*/(\$.*)?", text):
        return text, "a regular expression"
    match = RULE.fullmatch(text)
    if not match:
        return text, "a pattern, not a whole host"
    if narrow := {option.strip() for option in (match[2] or "").split(",") if option.strip()} - PAGE_OPTIONS:
        return text, f"for some requests only: {', '.join(sorted(narrow))}"
    return match[1], ""


def squidguard(source: Path, options: Options) -> Iterator[Row]:
    """`CATEGORY/domains` and `CATEGORY/urls`, in a folder or a tar archive; the folder is the category."""
    found = False
    for member in members(source):
        path = PurePosixPath(member.name)
        if member.stream is not None and path.name in EXPRESSIONS:
            for row in _entries(member, options, path.parent.name or source.name):
                yield replace(row, reason=Reason.NO_PAGE, detail="a regular expression")
        elif member.stream is not None and not LIST.fullmatch(path.name):
            yield unread(member.name, "not a list: neither domains nor urls")
        else:
            found |= member.stream is not None
            yield from _entries(member, options, path.parent.name or source.name)
    if not found:
        raise UsageError("holds no list; expected CATEGORY/domains or CATEGORY/urls", file=source)


def _entries(member: Member, options: Options, category: str = "", comments: tuple[str, ...] = ("#",)) -> Iterator[Row]:
    """The lines that say something, without comments."""
    if member.stream is None:
        yield unread(member.name, member.why)
        return
    heading = ""
    for number, line in lines(member.stream, member.name, options.encoding):
        text = line.strip()
        if number <= HEADING and text.startswith(comments):
            heading += text[:200] + "\n"
        if "#" in text and "#" in comments:
            text = COMMENT.sub("", text).strip()
        if text and not text.startswith(comments):
            yield Row(member.name, number, text, category, heading=heading)
