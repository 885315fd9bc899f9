"""`laboratory.toml` and `assignment.toml`: what a test report has to say and no machine can know."""

import datetime
import re
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from harness.model.addendum import is_plain
from harness.profile import toml

LABORATORY = "pas-harness/laboratory/1"
ASSIGNMENT = "pas-harness/assignment/1"
NUMBER = r"^([A-Za-z0-9]([A-Za-z0-9 ._/-]{0,58}[A-Za-z0-9])?)?$"  # stands at the foot of every page
Model = TypeVar("Model", bound=BaseModel)


def _line(text: str) -> str:
    """Line breaks of a long text folded. Raises ValueError for what reads otherwise than it is written."""
    folded = " ".join(text.split())
    if not is_plain(folded):
        raise ValueError("holds control characters, or characters that change the order of reading")
    return folded


def _number(text: str) -> str:
    if not re.fullmatch(NUMBER, text):
        raise ValueError("not letters, digits, spaces and ._/- alone, at most 60, with a letter or digit at both ends")
    return text


def _day(value: object) -> object:
    """A date of TOML, or as ISO 8601 writes it; numbers and times are none."""
    if value is None or type(value) is datetime.date:
        return value
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return datetime.date.fromisoformat(value)
    raise ValueError("not a date such as 2026-01-31")


Line = Annotated[str, Field(max_length=300), AfterValidator(_line)]
Text = Annotated[str, Field(max_length=4000), AfterValidator(_line)]
Day = Annotated[datetime.date | None, BeforeValidator(_day)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Authoriser(_Strict):
    """A person who may authorise the laboratory's reports."""

    name: Line = Field(min_length=1, description="The person's name.")
    position: Line = Field(min_length=1, description="What the person is in the laboratory.")


class Laboratory(_Strict):
    """The laboratory, the same for many reports. What is left out is missing from the report, which is then a draft."""

    schema_: Literal["pas-harness/laboratory/1"] = Field(alias="schema", description="Format of this file.")
    name: Line = Field(default="", description="Name of the laboratory.")
    address: Line = Field(default="", description="Its address.")
    place: Line = Field(default="", description="Where the tests are made, also when that is at the address.")
    contact: Line = Field(default="", description="How to reach it: mail, telephone.")
    accreditation: Text = Field(
        default="", description="Accreditation it states, as text: by whom, number, and whether this test is in scope."
    )
    authoriser: tuple[Authoriser, ...] = Field(
        default=(), max_length=50, description="Who may authorise its reports; an assignment names one of them."
    )


class Customer(_Strict):
    """Who asked for the test."""

    name: Line = Field(default="", description="Name of the customer.")
    contact: Line = Field(default="", description="Address, mail or telephone of the customer.")


class Item(_Strict):
    """The item tested, as the laboratory received it."""

    name: Line = Field(default="", description="What it is, as its maker names it.")
    model: Line = Field(default="", description="Model or edition, where it has one.")
    version: Line = Field(default="", description="Version, as it was received.")
    identification: Line = Field(
        default="", description="What tells it from any other: serial number, licence, digest of the package."
    )
    condition: Text = Field(default="", description="Its condition when received, and how it was set up.")


class Sampling(_Strict):
    """How the cases of the test came to be."""

    plan: Text = Field(default="", description="The sampling plan, or where it is kept.")
    chosen_by: Literal["laboratory", "customer", "scheme", ""] = Field(
        default="", description="Who chose the corpus: laboratory, customer or scheme (whose criteria they are)."
    )


class Opinions(_Strict):
    """Opinions and interpretations, apart from the results; only where they were asked for."""

    text: Text = Field(default="", description="The opinions, with what they rest on.")
    by: Line = Field(default="", description="Who holds them; a person the laboratory has authorised to.")


class Assignment(_Strict):
    """One test for one customer. "none" is an answer where nothing is to be said; what is left out is missing from the
    report, which is then a draft."""

    schema_: Literal["pas-harness/assignment/1"] = Field(alias="schema", description="Format of this file.")
    title: Line = Field(default="", description="Title of the report, such as Test report.")
    number: Annotated[str, AfterValidator(_number)] = Field(
        default="",
        description="The laboratory's unique number of this report; letters, digits, spaces and ._/-.",
        json_schema_extra={"pattern": NUMBER},
    )
    amendment: Text = Field(default="", description="Why this report replaces the one before; only where it does.")
    received: Day = Field(default=None, description="When the item was received.")
    issued: Day = Field(default=None, description="When the report is issued.")
    method: Text = Field(default="", description="The method, by the name or number it was agreed on.")
    deviations: Text = Field(
        default="", description="What was added to, changed in or left out of the method, or none."
    )
    environment: Text = Field(default="", description="Conditions of the test that could matter, or none.")
    decision_rule: Text = Field(
        default="", description="The decision rule agreed with the customer, and the risk of a wrong decision."
    )
    customer_supplied: Text = Field(
        default="", description="What of this report the customer said or supplied, or none."
    )
    external: Text = Field(default="", description="Which results come from others, and from whom, or none.")
    reviewed_by: Line = Field(default="", description="Who reviewed the report.")
    authorised_by: Line = Field(default="", description="Who authorises it; one of the laboratory's authorisers.")
    customer: Customer = Field(default=Customer(), description="Who asked for the test.")
    item: Item = Field(default=Item(), description="What was tested, as it was received.")
    sampling: Sampling = Field(default=Sampling(), description="How the cases came to be.")
    opinions: Opinions = Field(default=Opinions(), description="Opinions; only where they were asked for.")


def laboratory(path: Path) -> Laboratory:
    """The file. Raises UsageError naming file and key."""
    return toml.validate(toml.load(path), Laboratory, path)


def assignment(path: Path) -> Assignment:
    """The file. Raises UsageError naming file and key."""
    return toml.validate(toml.load(path), Assignment, path)


def recorded(item: Laboratory | Assignment) -> dict[str, Any]:
    """As JSON values, all keys there."""
    return item.model_dump(mode="json", by_alias=True)


def read(laboratory: dict[str, Any], assignment: dict[str, Any]) -> tuple[Laboratory, Assignment]:
    """What was recorded. Raises ValueError naming the key when it is nothing that `recorded` makes."""
    return _read(laboratory, Laboratory), _read(assignment, Assignment)


def _read(data: dict[str, Any], model: type[Model]) -> Model:
    try:
        made = model.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise ValueError(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from None
    if made.model_dump(mode="json", by_alias=True) != data:
        raise ValueError("not in the form that is recorded")
    return made
