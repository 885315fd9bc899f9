"""What a product promises of services by which people communicate, as its profile says it."""

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Service = Literal[
    "web-chat",
    "instant-messaging",
    "irc",
    "web-mail",
    "mail",
    "mailbox",
    "newsgroups",
    "peer-to-peer",
    "social-network",
    "calls",
    "games",
    "files",
]
SERVICES: tuple[Service, ...] = get_args(Service)


class Communication(BaseModel):
    """What is promised of `services` where each parameter that `when` names, or `setting`, has one of the values given.

    They `are` stopped, left alone, or open with what is said in them looked at. Of what is said: `contacts`, the only
    ones that may be talked to; `withholds`, personal information that is stopped or masked; `refuses` and `holds`,
    kinds of files that may not be fetched and not be sent; `alerts`, a file in the product's work folder that tells of
    marked conversations; `hours`, the parameter that takes when the services are open, as HH:MM-HH:MM in local time.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    services: tuple[Service, ...] = Field(min_length=1)
    are: Literal["", "blocked", "allowed", "filtered"] = ""
    contacts: tuple[str, ...] = ()
    withholds: tuple[Literal["name", "address", "school", "phone", "post-code"], ...] = ()
    refuses: tuple[Literal["program", "archive", "document"], ...] = ()
    holds: tuple[Literal["program", "archive", "document"], ...] = ()
    alerts: str = Field(default="", pattern=r"^[A-Za-z0-9._-]*$")
    hours: str = ""
    when: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    text: str = Field(default="", max_length=500)
