"""Tests that need a room say so."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "room: needs network namespaces")
