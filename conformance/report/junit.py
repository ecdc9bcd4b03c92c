"""The report for build servers: JUnit's XML, a suite for each part and each client."""

from collections.abc import Iterable, Mapping
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from conformance.catalogue import Requirement
from conformance.findings import Examination, Exchange, Interruption, Played, Verdict
from conformance.report.exchange import pretty
from conformance.report.overview import parts, source

KINDS = ("failure", "error", "skipped")
COUNTS = ("failures", "errors", "skipped")
"""The attributes of a suite that count KINDS."""


def render(examination: Examination, requirements: Mapping[str, Requirement]) -> str:
    """The document: a test case for each requirement, interruption and dialogue."""
    root = Element("testsuites", name=f"SCIM conformance of {examination.base_url}")
    if examination.examined:
        _checks(root, examination, requirements)
    for client, dialogues in examination.clients().items():
        suite = _suite(root, f"Client {client}", examination)
        for played in dialogues:
            _dialogue(suite, played)
    for suite in root:
        _count(suite, [suite])
    _count(root, list(root))
    root.set("time", f"{examination.seconds:.1f}")
    indent(root)
    return tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _checks(
    root: Element, examination: Examination, requirements: Mapping[str, Requirement]
) -> None:
    for part in parts(examination, requirements):
        suite = _suite(root, part.title, examination)
        for id, verdict in part.verdicts.items():
            _requirement(suite, requirements[id], verdict, examination)
    suite = _suite(root, "Broken off", examination)
    for interruption in examination.interruptions:
        _interruption(suite, interruption)


def _suite(root: Element, name: str, examination: Examination) -> Element:
    began = examination.began.isoformat(timespec="seconds")
    return SubElement(root, "testsuite", name=name, timestamp=began, hostname=examination.base_url)


def _requirement(
    suite: Element, requirement: Requirement, verdict: Verdict, examination: Examination
) -> None:
    case = SubElement(
        suite,
        "testcase",
        classname=source(requirement),
        name=f"{requirement.id} {requirement.level} {requirement.text}",
    )
    if verdict is Verdict.FAILED:
        found = examination.failures(requirement.id)
        message = "; ".join(f"expected {each.expected}" for each in found)
        failure = SubElement(case, "failure", type=requirement.level, message=message)
        failure.text = "\n\n".join(
            f"{each.check}: expected {each.expected}\n{_shown(each.exchanges)}" for each in found
        )
    elif verdict is not Verdict.PASSED:
        excuse = examination.excuses.get(requirement.id)
        message = f"{verdict}: {excuse}" if verdict is Verdict.EXCUSED else str(verdict)
        SubElement(case, "skipped", message=message)


def _interruption(suite: Element, interruption: Interruption) -> None:
    case = SubElement(suite, "testcase", classname="check", name=interruption.check)
    error = SubElement(case, "error", type="broken off", message=interruption.reason)
    error.text = _shown(interruption.exchanges)


def _dialogue(suite: Element, played: Played) -> None:
    case = SubElement(suite, "testcase", classname=played.client, name=played.name)
    if played.failures:
        reasons = [reason for failure in played.failures for reason in failure.reasons]
        failure = SubElement(case, "failure", type="dialogue", message="; ".join(reasons))
        failure.text = "\n\n".join(
            "\n".join([*each.reasons, _shown([each.exchange] if each.exchange else [])])
            for each in played.failures
        )


def _shown(exchanges: Iterable[Exchange]) -> str:
    return "\n".join(
        f"> {each.request.method} {each.request.path}\n{pretty(each.request.text)}\n"
        f"< {each.answer if isinstance(each.answer, str) else each.answer.status}\n"
        f"{'' if isinstance(each.answer, str) else pretty(each.answer.text)}"
        for each in exchanges
    )


def _count(element: Element, suites: Iterable[Element]) -> None:
    cases = [case for suite in suites for case in suite]
    element.set("tests", str(len(cases)))
    for kind, attribute in zip(KINDS, COUNTS, strict=True):
        found = sum(1 for case in cases if case.find(kind) is not None)
        element.set(attribute, str(found))
