"""RFC 7644 §3.7: jobs and their results."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from calibration.mutants.exchange import Call, Json, Reply, Server
from calibration.mutants.mutant import add, mutant
from calibration.mutants.surgery import doing, is_bulk, jobs_of, without


def _results(change: Callable[[Json], Json | None], call: Call, server: Server) -> Reply:
    reply = server(call)
    found = reply.document.get("Operations")
    if not is_bulk(call) or not isinstance(found, list):
        return reply
    kept = [one for one in map(change, found) if one is not None]
    return reply.saying({**reply.document, "Operations": kept})


for _member, _ids in (
    ("location", ("BLK-006",)),
    ("bulkId", ("BLK-008",)),
    ("method", ("BLK-008",)),
    ("status", ("BLK-007",)),
    ("response", ("BLK-005", "ERR-001", "BLK-007")),
):
    add(
        f"results_have_no_{_member.lower()}",
        "bulk",
        f"The results of a job have no {_member}.",
        _ids,
        partial(_results, partial(without, _member)),
    )


def _failures_too(result: Json) -> Json:
    return without("location", result) if result.get("status", "")[:1] == "4" else result


add(
    "failures_have_no_location",
    "bulk",
    "The result of a failed PUT, PATCH or DELETE has no location.",
    ("BLK-006",),
    partial(_results, _failures_too),
)


@mutant("BLK-007")
def statuses_are_numbers(call: Call, server: Server) -> Reply:
    """status of a result is a number."""
    return _results(lambda one: {**one, "status": int(one["status"])}, call, server)


@mutant("BLK-007")
def every_status_is_200(call: Call, server: Server) -> Reply:
    """status of every operation that succeeded is "200"."""
    return _results(
        lambda one: {**one, "status": "200"} if one["status"][0] == "2" else one, call, server
    )


@mutant("BLK-005")
def failures_are_not_reported(call: Call, server: Server) -> Reply:
    """The reply leaves out operations that failed."""
    return _results(lambda one: one if one["status"][0] == "2" else None, call, server)


@mutant("BLK-001")
def the_reply_has_wrong_schemas(call: Call, server: Server) -> Reply:
    """The reply to a job has the schema of BulkRequest."""
    reply = server(call)
    if "Operations" in reply.document and is_bulk(call):
        return reply.saying({**reply.document, "schemas": call.document.get("schemas")})
    return reply


@mutant("BLK-002")
def a_job_needs_no_schemas(call: Call, server: Server) -> Reply:
    """A job without schemas is carried out."""
    if is_bulk(call) and call.document:
        urn = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
        return server(call.saying({**call.document, "schemas": [urn]}))
    return server(call)


@mutant("BLK-002")
def bulk_can_be_read(call: Call, server: Server) -> Reply:
    """GET /Bulk is 200."""
    if call.path == "/Bulk" and call.method == "GET":
        return server(call.reading("/ServiceProviderConfig"))
    return server(call)


@mutant("BLK-004")
def a_failure_fails_the_job(call: Call, server: Server) -> Reply:
    """A job with a failed operation is 400."""
    reply = server(call)
    done = reply.document.get("Operations", ())
    failed = [one for one in done if one.get("status", "")[:1] == "4"]
    return replace(reply, status=400) if is_bulk(call) and failed else reply


@mutant("BLK-004")
def a_job_is_207(call: Call, server: Server) -> Reply:
    """A job is answered 207."""
    reply = server(call)
    return replace(reply, status=207) if is_bulk(call) and reply.status == 200 else reply


@mutant("BLK-009", "BLK-005")
def the_first_failure_ends_the_job(call: Call, server: Server) -> Reply:
    """Without failOnErrors, the first failure ends the job."""
    if jobs_of(call) and "failOnErrors" not in call.document:
        return server(call.saying({**call.document, "failOnErrors": 1}))
    return server(call)


@mutant("BLK-010")
def fail_on_errors_is_ignored(call: Call, server: Server) -> Reply:
    """failOnErrors is ignored."""
    if jobs_of(call):
        return server(call.saying(without("failOnErrors", call.document)))
    return server(call)


@mutant("BLK-010")
def fail_on_errors_takes_one_more(call: Call, server: Server) -> Reply:
    """The job goes on until there is one error more than failOnErrors."""
    limit = call.document.get("failOnErrors")
    if jobs_of(call) and isinstance(limit, int):
        return server(call.saying({**call.document, "failOnErrors": limit + 1}))
    return server(call)


@mutant("BLK-010")
def fail_on_errors_takes_all_back(call: Call, server: Server) -> Reply:
    """What was made before failOnErrors was reached is deleted."""
    reply = server(call)
    done = reply.document.get("Operations", ())
    limit = call.document.get("failOnErrors")
    failed = [one for one in done if one.get("status", "")[:1] == "4"]
    if jobs_of(call) and isinstance(limit, int) and len(failed) >= limit:
        for one in done:
            if one.get("method") == "POST" and "location" in one:
                path = "/" + "/".join(one["location"].split("/")[-2:])
                server(replace(call.reading(path), method="DELETE"))
    return reply


@mutant("BLK-016", "BLK-007")
def deletions_come_first(call: Call, server: Server) -> Reply:
    """DELETE is carried out before everything else."""
    jobs = jobs_of(call)
    first = [one for one in jobs if str(one.get("method")).upper() == "DELETE"]
    rest = [one for one in jobs if one not in first]
    return server(doing(call, [*first, *rest])) if jobs else server(call)


@mutant("BLK-008")
def bulk_ids_are_echoed_wrongly(call: Call, server: Server) -> Reply:
    """The bulkIds of the reply are numbered from 1."""
    number = iter(range(1, 10_000))
    return _results(lambda one: {**one, "bulkId": str(next(number))}, call, server)


@mutant("BLK-006")
def locations_are_of_the_list(call: Call, server: Server) -> Reply:
    """location of a result is the endpoint."""
    return _results(
        lambda one: (
            {**one, "location": one["location"].rpartition("/")[0]} if "location" in one else one
        ),
        call,
        server,
    )


@mutant("BLK-016", "BLK-001")
def a_job_changes_nothing_but_creates(call: Call, server: Server) -> Reply:
    """DELETE in a job is reported as done, and is not."""
    jobs = jobs_of(call)
    kept = [one for one in jobs if str(one.get("method")).upper() != "DELETE"]
    if len(kept) == len(jobs):
        return server(call)
    reply = server(doing(call, kept)) if kept else server(call)
    if not kept:
        return reply
    base = f"http://{call.headers['host']}/scim/v2"
    done = [
        {"method": "DELETE", "status": "204", "location": base + str(one.get("path"))}
        for one in jobs
        if one not in kept
    ]
    return reply.saying(
        {**reply.document, "Operations": [*reply.document.get("Operations", ()), *done]}
    )
