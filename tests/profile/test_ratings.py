"""What a profile says of labels and categories."""

import pytest
from pydantic import ValidationError

from harness.profile import product
from harness.profile.ratings import Answer, Ratings


@pytest.mark.parametrize(
    ("where", "text", "category"),
    [
        ({"where": "text", "pattern": r"Category: (\S+)"}, "Blocked. Category: drugs Go back", "drugs"),
        ({"where": "text", "pattern": r"Category: (\S+)"}, "Blocked.", ""),
        ({"where": "header", "header": "x-category"}, "drugs", "drugs"),
        ({"where": "header", "header": "x-category", "categories": {"Narcotics": "drugs"}}, "Narcotics", "drugs"),
        ({"where": "dns", "pattern": r"^15 (\S+)$"}, "15 drugs", "drugs"),
        ({"where": "dns", "pattern": r"^15 (\S+)$"}, "22 No Reachable Authority", ""),
        ({"where": "text", "pattern": "blocked(:.+)?"}, "blocked", ""),
    ],
)
def test_the_category_is_taken_from_where_the_profile_says(where: dict[str, object], text: str, category: str) -> None:
    assert Answer.model_validate(where).category(text) == category


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({"where": "text", "pattern": "("}, "not a regular expression"),
        ({"where": "text", "pattern": "none"}, "one group"),
        ({"where": "text", "pattern": "(a)(b)"}, "one group"),
        ({"where": "header"}, "header: goes with"),
        ({"where": "dns", "header": "x-category"}, "header: goes with"),
        ({"where": "elsewhere"}, "where"),
    ],
)
def test_what_cannot_be_is_refused(where: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Answer.model_validate(where)


def test_a_profile_without_promises_keeps_its_form() -> None:
    assert "ratings" not in product.load("zoo-perfect").model_dump()
    assert product.load("zoo-considerate").model_dump()["ratings"]["labels"]
    with pytest.raises(ValidationError, match="labels"):
        Ratings.model_validate({"labels": ["safesurf"]})
