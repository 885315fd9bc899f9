"""An addendum survives the journal, and nothing but an addendum is taken for one."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.model import canonical
from harness.model.addendum import (
    Addendum,
    Adjudication,
    Attached,
    ClauseJudgement,
    Finding,
    Invalidation,
    Statement,
    addendum_from,
    data,
    is_plain,
    kind,
    on_case,
    on_clause,
)
from harness.model.words import Verdict

SAID: dict[str, Any] = {"author": "Ann Other", "reason": "seen", "blind": True, "date": "2026-01-01T00:00:00Z"}
ADJUDICATION = Adjudication(
    case_id="a",
    setting="moderate",
    verdict=Verdict.BLOCKED,
    machine_verdict=Verdict.INDETERMINATE,
    machine_rule="indeterminate.challenge",
    **SAID,
)
INVALIDATION = Invalidation(case_id="a", setting="", **SAID)
JUDGEMENT = ClauseJudgement(clause="5.1", finding=Finding.MET, **SAID)

texts = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and is_plain(text))
said = {"author": texts, "reason": texts, "blind": st.booleans(), "date": texts}
ENTRIES: st.SearchStrategy[Addendum] = st.one_of(
    st.builds(
        Adjudication,
        case_id=texts,
        setting=texts,
        verdict=st.sampled_from(Verdict),
        machine_verdict=st.sampled_from(Verdict),
        machine_rule=texts,
        **said,
    ),
    st.builds(Invalidation, case_id=texts, setting=texts | st.just(""), **said),
    st.builds(ClauseJudgement, clause=texts, finding=st.sampled_from(Finding), **said),
)


@given(ENTRIES)
def test_round_trip(entry: Addendum) -> None:
    written = json.loads(canonical.dumps(data(entry)))
    assert addendum_from(kind(entry), entry.date, written) == entry


@given(ENTRIES, st.data())
def test_a_part_missing_or_more_is_refused(entry: Addendum, draw: st.DataObject) -> None:
    written = data(entry)
    gone = draw.draw(st.sampled_from(sorted(written)))
    with pytest.raises(ValueError, match=gone):
        addendum_from(kind(entry), entry.date, {key: value for key, value in written.items() if key != gone})
    for more in ("date", "weight"):
        with pytest.raises(ValueError, match=more):
            addendum_from(kind(entry), entry.date, {**written, more: "1"})


@given(ENTRIES, st.sampled_from([None, 1, 1.5, [], {}, ["a"]]), st.data())
def test_another_type_is_refused(entry: Addendum, wrong: object, draw: st.DataObject) -> None:
    changed = draw.draw(st.sampled_from(sorted(data(entry))))
    with pytest.raises(ValueError):  # noqa: PT011 - enums and texts say it in their own words
        addendum_from(kind(entry), entry.date, {**data(entry), changed: wrong})


@pytest.mark.parametrize("entry", [ADJUDICATION, INVALIDATION, JUDGEMENT], ids=kind)
@pytest.mark.parametrize(
    "text", ["", " ", "two\nlines", "bell \a", "\x7f", "\x9b31m", "\u2028", "\ud83d", "\u202egnp.exe", "\u2066"]
)
def test_only_plain_text(entry: Addendum, text: str) -> None:
    for part in ("author", "reason", "date"):
        changed: dict[str, Any] = {part: text}
        with pytest.raises(ValueError, match=part):
            replace(entry, **changed)


@pytest.mark.parametrize("text", ["Zoë O'Neill-Müller", "王芳", "می‌خواهم", "עברית", "👩‍🔬"])
def test_names_of_all_languages_are_plain(text: str) -> None:
    assert replace(INVALIDATION, author=text).author == text


def test_words_outside_their_sets_are_refused() -> None:
    for entry, part in ((ADJUDICATION, "verdict"), (ADJUDICATION, "machine_verdict"), (JUDGEMENT, "finding")):
        with pytest.raises(ValueError, match="perhaps"):
            addendum_from(kind(entry), entry.date, {**data(entry), part: "perhaps"})
    with pytest.raises(ValueError, match="no kind"):
        addendum_from("opinion", "now", data(JUDGEMENT))


def test_an_adjudication_names_its_setting() -> None:
    with pytest.raises(ValueError, match="setting: empty"):
        replace(ADJUDICATION, setting="")


def test_nobody_gives_a_fault_a_verdict() -> None:
    fault = replace(ADJUDICATION, machine_rule="validity.control-failed", verdict=Verdict.INDETERMINATE)
    for verdict in set(Verdict) - {Verdict.INDETERMINATE}:
        with pytest.raises(ValueError, match=r"validity\.control-failed"):
            replace(fault, verdict=verdict)


def test_the_last_said_stands() -> None:
    first = ADJUDICATION
    other_setting = replace(first, setting="most")
    other_case = replace(INVALIDATION, case_id="b")
    anew = replace(first, verdict=Verdict.ALLOWED)
    entries: list[Addendum] = [first, other_setting, other_case, JUDGEMENT]
    assert on_case(entries, "a", "moderate") is first
    assert on_case([*entries, anew], "a", "moderate") is anew
    assert on_case([*entries, INVALIDATION], "a", "moderate") is INVALIDATION
    assert on_case([*entries, INVALIDATION], "a", "most") is INVALIDATION
    assert on_case([*entries, INVALIDATION, anew], "a", "moderate") is anew
    assert on_case([*entries, INVALIDATION, anew], "a", "most") is INVALIDATION
    assert on_case(entries, "c", "moderate") is None


def test_the_last_finding_of_each_person_stands() -> None:
    anew = replace(JUDGEMENT, finding=Finding.NOT_MET, author=f" {JUDGEMENT.author.upper()}  ")
    second = replace(JUDGEMENT, author="B. Second")
    other = replace(JUDGEMENT, clause="5.2")
    assert on_clause([JUDGEMENT, second, anew, other, INVALIDATION], "5.1") == (second, anew)
    assert on_clause([INVALIDATION, ADJUDICATION], "5.1") == ()


def test_evidence_goes_into_the_record_and_back() -> None:
    file = Attached("front page.png", "ab" * 32, 12)
    entry = replace(JUDGEMENT, evidence=(file,))
    assert addendum_from("judgement", entry.date, data(entry)) == entry
    assert "evidence" not in data(JUDGEMENT)


@pytest.mark.parametrize(
    ("name", "digest", "size"),
    [("", "ab" * 32, 1), ("a\nb", "ab" * 32, 1), ("x" * 201, "ab" * 32, 1), ("a", "AB" * 32, 1), ("a", "ab" * 32, 0)],
)
def test_a_file_needs_name_digest_and_size(name: str, digest: str, size: int) -> None:
    with pytest.raises(ValueError, match="evidence"):
        Attached(name, digest, size)


@given(st.dictionaries(texts, texts), st.dictionaries(texts, st.dictionaries(texts, texts)))
def test_a_statement_is_about_no_case_and_no_clause(laboratory: dict[str, Any], assignment: dict[str, Any]) -> None:
    entry = Statement(laboratory=laboratory, assignment=assignment, date="2026-01-01T00:00:00Z")
    assert addendum_from("statement", entry.date, json.loads(canonical.dumps(data(entry)))) == entry
    assert not on_case([entry], "a", "")
    assert not on_clause([entry], "5.1")


@pytest.mark.parametrize("wrong", [None, "", 1, []], ids=repr)
@pytest.mark.parametrize("part", ["laboratory", "assignment"])
def test_a_statement_has_two_parts_with_keys(part: str, wrong: object) -> None:
    with pytest.raises(ValueError, match=part):
        addendum_from("statement", "2026-01-01T00:00:00Z", {"laboratory": {}, "assignment": {}, part: wrong})
