"""The report for programs: one JSON document with everything that was found."""

import json
from collections.abc import Iterable, Mapping

from conformance.catalogue import Requirement
from conformance.findings import Examination, Exchange, Played
from conformance.report.exchange import curl
from conformance.report.overview import answer, parts
from conformance.wire import Answer, Json


def render(examination: Examination, requirements: Mapping[str, Requirement]) -> str:
    """The document; times in UTC, bodies as text, exactly as they were sent."""
    return json.dumps(document(examination, requirements), ensure_ascii=False, indent=2) + "\n"


def document(examination: Examination, requirements: Mapping[str, Requirement]) -> Json:
    """What is written."""
    verdicts = examination.verdicts(requirements)
    return {
        "url": examination.base_url,
        "run": examination.run,
        "began": examination.began.isoformat(timespec="seconds"),
        "seconds": round(examination.seconds, 1),
        "features": sorted(examination.features),
        "parts": [
            {"part": part.letter, "title": part.title, **part.counts}
            for part in parts(examination, requirements)
        ],
        "requirements": [
            {
                "id": id,
                "level": requirements[id].level,
                "source": requirements[id].source,
                "text": requirements[id].text,
                "verdict": verdict,
                "excuse": examination.excuses.get(id),
                "failures": _failures(examination, id),
            }
            for id, verdict in verdicts.items()
        ],
        "unseen": {id: each.unseen for id, each in requirements.items() if each.unseen},
        "omitted": examination.omitted,
        "left": examination.left,
        "interruptions": [
            {
                "check": each.check,
                "reason": each.reason,
                "exchanges": _exchanges(examination.base_url, each.exchanges),
            }
            for each in examination.interruptions
        ],
        "clients": [
            {"client": client, "works": answer(played)}
            | {"dialogues": [_dialogue(examination.base_url, each) for each in played]}
            for client, played in examination.clients().items()
        ],
    }


def _failures(examination: Examination, id: str) -> list[Json]:
    return [
        {
            "check": finding.check,
            "expected": finding.expected,
            "exchanges": _exchanges(examination.base_url, finding.exchanges),
        }
        for finding in examination.failures(id)
    ]


def _dialogue(base_url: str, played: Played) -> Json:
    return {
        "name": played.name,
        "title": played.title,
        "source": played.source,
        "tolerances": list(played.tolerances),
        "failures": [
            {
                "reasons": list(failure.reasons),
                "exchanges": _exchanges(base_url, [failure.exchange] if failure.exchange else []),
            }
            for failure in played.failures
        ],
    }


def _exchanges(base_url: str, exchanges: Iterable[Exchange]) -> list[Json]:
    return [
        {
            "request": {
                "method": each.request.method,
                "path": each.request.path,
                "headers": dict(each.request.headers),
                "body": each.request.text,
            },
            "answer": _answer(each.answer),
            "curl": curl(base_url, each.request),
        }
        for each in exchanges
    ]


def _answer(answer: Answer | str) -> Json:
    if isinstance(answer, str):
        return {"fault": answer}
    return {"status": answer.status, "headers": dict(answer.headers), "body": answer.text}
