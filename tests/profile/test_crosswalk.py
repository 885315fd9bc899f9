"""Crosswalks load, say something of every category of their source, and are refused when they contradict themselves."""

from pathlib import Path

import pytest

from harness.corpus.manifest import CATEGORY
from harness.model.errors import UsageError
from harness.model.words import BLOCK_CATEGORIES, INNOCUOUS_CATEGORIES, Expectation
from harness.profile import criteria, shipped
from harness.profile.crosswalk import FOLDER, OURS, load, own

GOOD = """
schema = "pas-harness/crosswalk/1"
name = "mine"
title = "Mine"
version = "1"
source = "made up for a test"
[categories]
piracy = "Piracy"
[map.porn]
aliases = ["xxx"]
category = "adult"
expectation = "block"
[map."Warez / Hacks"]
category = "piracy"
expectation = "block"
[map.misc]
unmapped = "Anything that fits nowhere else."
"""

# https://github.com/citizenlab/test-lists, lists/00-LEGEND-new_category_codes.csv, with the codes that each replaces.
CITIZENLAB = [
    "ALDR",
    "REL",
    "PORN",
    "PROV",
    "POLR",
    "POLT",
    "HUMR",
    "MINR",
    "WOMR",
    "MINF",
    "ENV",
    "MILX",
    "HATE",
    "NEWS",
    "FEXP",
    "XED",
    "PUBH",
    "GMB",
    "ANON",
    "DATE",
    "GRP",
    "LGBT",
    "GAYL",
    "FILE",
    "P2P",
    "SFTWR",
    "WRZ",
    "HACK",
    "COMT",
    "VOIP",
    "EMAIL",
    "TRNS",
    "MSG",
    "MMED",
    "HOST",
    "BLGSERV",
    "CLOUD",
    "SRCH",
    "GAME",
    "CULTR",
    "HAL",
    "ECON",
    "DEV",
    "GOVT",
    "FREL",
    "USMIL",
    "COMM",
    "CTRL",
    "CACH",
    "IGO",
    "MISC",
    "KWRD",
]


def written(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", shipped.names(FOLDER, "*.toml"))
def test_shipped_crosswalks_load(name: str) -> None:
    found = load(name)
    assert found.name == name
    assert all(CATEGORY.fullmatch(category) and category not in OURS for category in found.categories)
    assert {entry.category for entry in found.map.values()} >= found.categories.keys()


def test_every_code_of_citizen_lab_has_an_entry() -> None:
    assert load("citizenlab").by_name().keys() == set(CITIZENLAB)


@pytest.mark.parametrize("code", ["ALDR", "HACK", "MILX"])
def test_what_does_not_map_says_why(code: str) -> None:
    entry = load("citizenlab").by_name()[code]
    assert entry.category is None
    assert len(entry.unmapped) > 40


def test_the_categories_of_the_criteria_are_those_of_the_crosswalk() -> None:
    found, crosswalk = criteria.load("uksic-appropriate-filtering"), load("uksic")
    beyond = {name for item in found.criterion for name in item.categories} - OURS
    assert beyond - crosswalk.categories.keys() == {"iwf-list", "terrorism-list"}  # stand-ins only


def test_an_alias_is_as_good_as_a_name(tmp_path: Path) -> None:
    found = load(written(tmp_path, GOOD)).by_name()
    assert found.keys() == {"porn", "xxx", "Warez / Hacks", "misc"}
    assert found["xxx"] is found["porn"]
    assert found["xxx"].expectation is Expectation.BLOCK


def test_our_own_categories_map_to_themselves() -> None:
    found = {name: (entry.category, entry.expectation) for name, entry in own().by_name().items()}
    assert found == {name: (name, Expectation.BLOCK) for name in BLOCK_CATEGORIES} | {
        name: (name, Expectation.ALLOW) for name in INNOCUOUS_CATEGORIES
    }


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("crosswalk/1", "crosswalk/2", "schema: "),
        ('name = "mine"', 'name = "=1+1"', "name: "),
        ('title = "Mine"', "", "title: Field required"),
        ('source = "made up for a test"', "", "source: Field required"),
        ('category = "adult"', 'category = "adlut"', "map.porn.category: 'adlut' is neither the harness's nor in"),
        ('piracy = "Piracy"', "", "map.Warez / Hacks.category: 'piracy' is neither"),
        ('piracy = "Piracy"', '"pi racy" = "Piracy"', "categories.pi racy"),
        ('expectation = "block"', 'expectation = "perhaps"', "map.porn.expectation: "),
        ('expectation = "block"', "", "map.porn: Value error, category and expectation go together"),
        ('unmapped = "Anything that fits nowhere else."', "", "map.misc: Value error, either category and expectation"),
        ('category = "adult"', 'category = "adult"\nunmapped = "But not always."', "map.porn: Value error, either"),
        ('"Anything that fits nowhere else."', '"so"', "map.misc.unmapped: "),
        ('aliases = ["xxx"]', 'aliases = ["misc"]', "map.misc: stands there twice"),
        ('aliases = ["xxx"]', 'aliases = ["=cmd()"]', "map.porn.aliases.0: "),
        ("[map.misc]", '[map."@misc"]', "map.@misc"),
        ("[map.misc]", "[map.misc]\ncolour = 'red'", "map.misc.colour: Extra inputs"),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, error: str) -> None:
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        load(written(tmp_path, GOOD.replace(old, new, 1)))
    assert error in str(caught.value)


def test_unknown() -> None:
    with pytest.raises(UsageError, match="no crosswalk named or at 'nowhere'; shipped: citizenlab, uksic, ut1"):
        load("nowhere")
