"""Runs the tests and leaves a report in reports/tests.xml, in the form that JUnit made common. Fails if a test does."""

import sys
import time
import unittest
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent


class Timed(unittest.TextTestResult):
    """A result that keeps how long each test took, and how it ended."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.cases = []

    def startTest(self, test):
        self._started = time.perf_counter()
        super().startTest(test)

    def stopTest(self, test):
        problem = next((text for bad, text in self.failures + self.errors if bad is test), None)
        self.cases.append((test, time.perf_counter() - self._started, problem))
        super().stopTest(test)


def report(cases):
    suite = ElementTree.Element("testsuite", name="guestbook", tests=str(len(cases)))
    for test, seconds, problem in cases:
        name = {"classname": type(test).__name__, "name": test.id().rsplit(".", 1)[-1], "time": f"{seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", name)
        if problem is not None:
            ElementTree.SubElement(case, "failure").text = problem
    suite.set("failures", str(sum(problem is not None for *_, problem in cases)))
    return ElementTree.ElementTree(suite)


def main():
    sys.path.insert(0, str(ROOT / "app"))
    tests = unittest.defaultTestLoader.discover(str(ROOT / "tests"))
    result = unittest.TextTestRunner(resultclass=Timed, verbosity=2).run(tests)
    file = ROOT / "reports" / "tests.xml"
    file.parent.mkdir(exist_ok=True)
    report(result.cases).write(file, encoding="utf-8", xml_declaration=True)
    # An empty run is no success either.
    return 0 if result.wasSuccessful() and result.testsRun > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
