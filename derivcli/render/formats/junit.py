"""JUnit's XML, in which programs that run tests collect their results."""

from __future__ import annotations

from itertools import groupby

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from derivcli.errors import visible
from derivcli.render.blocks import Document, Style

RESULTS = {"failed": Failure, "error": Error, "skipped": Skipped}


def write_junit(document: Document, style: Style) -> str:
    """A suite for each function, with a case for each of its tests."""
    assert document.cases is not None, "a document of this kind has tests"
    found = JUnitXml("deriv check-fn")
    for name, cases in groupby(document.cases(), lambda case: case.suite):
        suite = TestSuite(visible(name))
        for case in cases:
            one = TestCase(visible(case.name), classname=visible(name))
            if case.state in RESULTS:
                one.result = [RESULTS[case.state](visible(case.message), case.kind or None)]
            suite.add_testcase(one)
        found.add_testsuite(suite)
    found.update_statistics()  # type: ignore[no-untyped-call]
    written: bytes = found.tostring()  # type: ignore[no-untyped-call]
    return written.decode() + "\n"
