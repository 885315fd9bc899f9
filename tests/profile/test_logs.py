"""Logs in profiles: every wrong one is refused with the key."""

import pytest
from pydantic import ValidationError

from harness.profile.logs import Log

FILE = {"name": "a", "kind": "file", "path": "x", "pattern": "(?P<url>.*)"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"pattern": ""}, "pattern: a log of kind 'file' needs it"),
        ({"path": ""}, "path: a log of kind 'file' needs it"),
        ({"kind": "syslog"}, "port: a log of kind 'syslog' needs it"),
        ({"kind": "database"}, "query: a log of kind 'database' needs it"),
        ({"pattern": "(?P<time>.*)"}, "pattern: has no group 'url', only time"),
        ({"pattern": "(?P<url>.*)(?P<colour>.*)"}, "pattern: 'colour' is not one of"),
        ({"pattern": "(?P<url>(?=x))"}, "is no regular expression of RE2"),
        ({"blocked": "("}, "is no regular expression of RE2"),
        ({"kind": "smoke"}, "kind"),
    ],
)
def test_a_wrong_log_is_refused(changes: dict[str, str], said: str) -> None:
    Log.model_validate(FILE)
    with pytest.raises(ValidationError) as caught:
        Log.model_validate({**FILE, **changes})
    assert said in str(caught.value)
