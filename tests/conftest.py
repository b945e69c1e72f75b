"""What tests measured stands below their results; and a test that measures the clock has the machine to itself."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

#: two files that are there anyway, to lock
DOOR = Path(__file__)
ROOM = DOOR.parents[1] / "pyproject.toml"


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Says a figure (kills, latencies, sizes): a property of the test, so that a worker's reaches the summary too."""
    return lambda line: request.node.user_properties.append(("measured", line))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    ended = [report for reports in terminalreporter.stats.values() for report in reports]
    calls = [report for report in ended if isinstance(report, pytest.TestReport) and report.when == "call"]
    lines = [str(line) for report in calls for name, line in report.user_properties if name == "measured"]
    if lines:
        terminalreporter.section("measured")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """A test marked `alone` begins when no other worker's runs, and none begins until it is over.

    Whoever wants in holds the door until inside: else a worker that never pauses would shut the other out.
    """
    alone = item.get_closest_marker("alone") is not None
    with DOOR.open() as door, ROOM.open() as room:
        fcntl.flock(door, fcntl.LOCK_EX)
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(door, fcntl.LOCK_UN)
        return (yield)
