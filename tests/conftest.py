"""Options of the test run, and where it keeps compiled kernels."""

import os

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the flag that writes the golden files anew."""
    parser.addoption("--update-golden", action="store_true", help="write what the commands print into the golden files")


def pytest_configure(config: pytest.Config) -> None:
    """Keep kernels with what pytest itself keeps from run to run."""
    assert config.cache is not None
    os.environ["TORCHINDUCTOR_CACHE_DIR"] = str(config.cache.mkdir("kernels"))
