"""The whole kit against this server, as its operator runs it: nothing fails but what is excused.

Each mode and each database once: what differs by their pair is crossed by the tests of the floors.
"""

import pytest

from conformance.catalogue import catalogue
from conformance.check import registered
from conformance.checks import load
from conformance.examine import examine
from conformance.excuses import read
from conformance.findings import Verdict
from conformance.subject import Subject
from conformance.wire import Endpoint
from scim_server.config import BASE_PATH
from scim_server.directory.credentials import Mode
from tests.application import EVERYTHING
from tests.conformance.test_excuses import OWN
from tests.live import live


@pytest.mark.parametrize(
    ("database_url", "mode"),
    [("postgresql", "strict"), ("sqlite", "tolerant")],
    indirect=["database_url"],
)
def test_nothing_fails_but_what_is_excused(database_url: str, mode: Mode) -> None:
    load()
    with live(database_url) as server:
        application, url = server.application, server.url + BASE_PATH
        own, other = (
            Endpoint(url, application.token(application.tenant(), mode, EVERYTHING)) for _ in "ab"
        )
        examination = examine(Subject(own, other), registered(), lambda _: None)
        assert server.log().count('"status":500') == 0
    examination.excuses = read(OWN, catalogue())
    verdicts = examination.verdicts(catalogue())
    failed = {id for id, verdict in verdicts.items() if verdict is Verdict.FAILED}
    told = "\n".join(
        f"{id}: {finding.check}: {finding.expected}"
        for id in sorted(failed)
        for finding in examination.failures(id)
    )
    assert not failed, told
    excused = {id for id, verdict in verdicts.items() if verdict is Verdict.EXCUSED}
    assert excused == examination.excuses.keys(), "excused, but it passes"
    assert not examination.interruptions
    assert sum(verdict is Verdict.PASSED for verdict in verdicts.values()) > 330
