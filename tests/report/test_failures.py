"""What a vendor is told: never that nothing got worse where that is not known, and commands that can be pasted."""

import csv
import io
import json
import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.model.errors import EvidenceError, UsageError
from harness.model.spec import Limits
from harness.report import failures_page
from harness.report.failures import Failures, State, failures
from harness.report.failures_page import html, told, write
from harness.report.reproduce import command
from tests import builders
from tests.report import runs
from tests.report.test_html import HOSTILE, NUL, RLO, ZWSP, Elements, body
from tests.report.test_html import words as said

ESC = "\x1b"
PLANNED = runs.cases(12, 8)
STOPPED = {"complete": False, "reason": "the product died"}


def found(folder: Path, after: dict[str, str], before: dict[str, str] | None = None, **changes: Any) -> Failures:
    """A run, with changes of those named in `runs.run`, against a baseline unless there is none."""
    old = {key.removeprefix("old_"): changes.pop(key) for key in [*changes] if key.startswith("old_")}
    new = runs.run(folder / "new", changes.pop("planned", PLANNED), after, seed=2, **changes).path
    if before is None:
        return failures(new, None)
    return failures(new, runs.run(folder / "old", old.pop("planned", PLANNED), before, **old).path)


WRONG = {"adult-00": "arrives"}


@pytest.mark.parametrize(
    ("after", "before", "changes", "state", "code", "why"),
    [
        (WRONG, None, {}, State.ALONE, 0, ""),
        (WRONG, WRONG, {}, State.NOT_WORSE, 0, "Of 20 cases that both runs hold, none was handled rightly in the"),
        ({}, WRONG, {}, State.NOT_WORSE, 0, "Of 20 cases"),
        (WRONG, {}, {}, State.WORSE, 1, "1 case handled rightly in the baseline is handled wrongly now."),
        (WRONG, {"adult-01": "arrives"}, {}, State.WORSE, 1, "1 case handled rightly"),
        ({"adult-00": "faulty"}, {}, {}, State.UNCLEAR, 2, "1 case scored in the baseline could not be scored now."),
        ({"adult-00": "faulty"}, WRONG, {}, State.UNCLEAR, 2, "1 case scored in the baseline"),
        ({"adult-00": "faulty"}, {"adult-00": "faulty"}, {}, State.NOT_WORSE, 0, "Of 20 cases"),
        (WRONG, {}, {"stop": STOPPED}, State.VOID, 3, "The run was stopped: the product died."),
        ({}, {}, {"stop": {}}, State.VOID, 3, "The run is not finished"),
        (WRONG, {}, {"old_stop": STOPPED}, State.UNCLEAR, 2, "The baseline is void, and proves nothing"),
        (
            WRONG,
            {},
            {"planned": runs.cases(1, 1, weight=2.0, url="http://other.test/")[:1]},
            State.UNCLEAR,
            2,
            "compared",
        ),
        ({}, {}, {"settings": ("most",)}, State.NOT_WORSE, 0, "Of 20 cases"),
        ({case.case_id: "faulty" for case in PLANNED}, None, {}, State.UNCLEAR, 2, "No case could be scored."),
    ],
)
def test_state(
    tmp_path: Path,
    after: dict[str, str],
    before: dict[str, str] | None,
    changes: dict[str, Any],
    state: State,
    code: int,
    why: str,
) -> None:
    made = found(tmp_path, after, before, **changes)
    assert (made.state, made.state.exit_code) == (state, code)
    assert why in " ".join(made.why)


def test_groups_with_what_is_new_come_first(tmp_path: Path) -> None:
    old = {f"adult-{number:02}": "arrives" for number in range(3)}
    made = found(tmp_path, {**old, "news-00": "blocked"}, old)
    assert [(told(group), new) for group, new in made.groups] == [
        ("1 page to allow was over-blocked (error-status), for their address", 1),
        ("3 pages to block were under-blocked, with no common cause found", 0),
    ]
    assert [flip.after.case_id for flip in made.worse] == ["news-00"]


def test_one_setting_alone(tmp_path: Path) -> None:
    both = runs.run(tmp_path / "run", PLANNED, WRONG, settings=("moderate", "most")).path
    assert {group.setting for group, _ in failures(both, None).groups} == {"moderate", "most"}
    assert {group.setting for group, _ in failures(both, None, ("most",)).groups} == {"most"}
    with pytest.raises(UsageError, match="no setting 'least'; there is moderate, most"):
        failures(both, None, ("least",))


def test_evidence_that_does_not_stand_is_refused(tmp_path: Path) -> None:
    run = runs.run(tmp_path / "run", PLANNED)
    with pytest.raises(UsageError, match="not a run folder"):
        failures(run.path, tmp_path / "nowhere")
    next(run.journal.iterdir()).write_bytes(b"")
    with pytest.raises(EvidenceError):
        failures(run.path, None)
    odd = runs.run(tmp_path / "odd", [builders.case("case", url=f"http://case.test/{NUL}")])
    with pytest.raises(EvidenceError, match="does not read"):
        failures(odd.path, None)


def test_the_command_opens_the_case_as_the_run_did(tmp_path: Path) -> None:
    params = {"lists": "", "folder": "/tmp/my lists; rm -rf $HOME", "https": "inspect"}
    about = {"https": {"default": "inspect"}, "folder": {"default": ""}}
    made = found(
        tmp_path,
        WRONG,
        params=params,
        product={**runs.PRODUCT, "params": about},
        product_ref="./it's mine",
        corpus_ref="/data/corpus",
        limits=Limits(attempt_seconds=2.5),
    )
    ((group, _),) = made.groups
    line = command(made.derived, group.cases[0])
    assert shlex.split(line) == [
        *("harness", "probe", "./it's mine", "--corpus", "/data/corpus", "--case", "adult-00"),
        *("--setting", "moderate", "--param", "folder=/tmp/my lists; rm -rf $HOME", "--timeout", "2.5"),
    ]


def test_live_and_sealed_cases(tmp_path: Path) -> None:
    item = runs.derived(tmp_path / "run", PLANNED[:1]).scored[0]
    derived = runs.derived(tmp_path / "live", PLANNED[:1])
    live = replace(derived, spec=replace(derived.spec, product={**runs.PRODUCT, "kind": "live"}))
    assert command(live, item).startswith("harness certify zoo-perfect --corpus test --case adult-00")
    assert command(live, item).endswith("--criteria test --live")
    sealed = replace(item, case=replace(item.case, url="http://0.sealed.invalid/"))
    assert command(derived, sealed) == ""


def test_what_is_written(tmp_path: Path) -> None:
    made = found(tmp_path, {**WRONG, "news-01": "blocked", "adult-03": "faulty"}, {"adult-05": "arrives"})
    write(made, tmp_path / "out")
    write(made, tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "failures.csv",
        "failures.html",
        "failures.json",
    ]
    data = json.loads((tmp_path / "out" / "failures.json").read_bytes())
    assert (data["schema"], data["state"], data["run"]["sealed"]) == ("pas-harness/failures/1", "worse", True)
    listed = {case["case_id"]: case for group in data["groups"] for case in group["cases"]}
    assert {name: case["since_baseline"] for name, case in listed.items()} == {
        "adult-00": "worse",
        "adult-03": "different",
        "news-01": "worse",
    }
    rows = [*csv.DictReader(io.StringIO((tmp_path / "out" / "failures.csv").read_text("utf-8")))]
    assert {row["case_id"]: row["command"] for row in rows} == {key: case["command"] for key, case in listed.items()}
    with pytest.raises(UsageError, match="holds other files"):
        write(made, tmp_path)


def test_the_same_evidence_gives_the_same_bytes_wherever_it_lies(tmp_path: Path) -> None:
    for place in ("here", "there"):
        write(found(tmp_path / place, WRONG, {}), tmp_path / place / "out")
    for name in (failures_page.HTML, failures_page.JSON, failures_page.CSV):
        one, two = ((tmp_path / place / "out" / name).read_bytes() for place in ("here", "there"))
        assert one == two
        assert str(tmp_path).encode() not in one


def test_the_page_says_state_causes_and_commands(tmp_path: Path) -> None:
    limit = {"what": "paths", "when": {}, "text": "It sees names only."}
    text = html(found(tmp_path, {**WRONG, "news-01": "blocked"}, {}, product={**runs.PRODUCT, "limit": [limit]}))
    elements = Elements(text)
    assert (elements.open, elements.wrong) == ([], [])
    shown = said(text)
    assert "Since the baseline Some cases got worse" in shown
    assert "harness probe zoo-perfect --corpus test --case adult-00 --setting moderate" in shown
    assert "It sees names only." in shown
    ids = [attributes["id"] for _, attributes in elements.seen if "id" in attributes]
    assert len(set(ids)) == len(ids)
    assert {str(attributes["href"])[1:] for tag, attributes in elements.seen if tag == "a"} <= set(ids)


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"stop": STOPPED}, "Void: says nothing about the product"), ({"sealed": False}, "Draft, not sealed")],
)
def test_void_and_draft_are_said(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    text = html(found(tmp_path, {}, {}, **changes))
    assert words in said(text)
    assert ("Nothing worse" in text) is ("sealed" in changes)
    assert not re.findall("glyph-|decision-pass", body(text))


def test_nothing_hostile_is_alive_or_unseen(tmp_path: Path) -> None:
    address = f"http://case.test/{HOSTILE.replace(NUL, '').replace(ESC, '')}"
    planned = [builders.case("case", url=address, category=HOSTILE, language=HOSTILE)]
    limit = {"what": "paths", "when": {}, "text": HOSTILE}
    made = found(
        tmp_path,
        {"case": "arrives"},
        planned=planned,
        product={**runs.PRODUCT, "title": HOSTILE, "limit": [limit]},
        product_ref=HOSTILE,
        corpus_ref="=1+1",
        identity={"version": HOSTILE},
    )
    text = html(made)
    elements = Elements(text)
    assert (elements.open, elements.wrong) == ([], [])
    assert not {"script", "link", "iframe", "img"} & {tag for tag, _ in elements.seen}
    assert text.count("</style>") == 1
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in text
    table = failures_page.table(made)
    for char in (RLO, ZWSP, NUL, ESC):
        assert char not in text
        assert char not in table


def test_many_failures_stay_on_one_page_of_bounded_size(tmp_path: Path) -> None:
    fates = {f"adult-{number:02}": "arrives" for number in range(400)}
    made = found(tmp_path, fates, {}, planned=runs.cases(500, 1), old_planned=runs.cases(500, 1))
    assert len(html(made)) < 400_000
    assert "300 more stand in failures.json." in html(made)
    assert len(failures_page.table(made).splitlines()) == 401
