"""Puts the worker together, as app.py does the server."""

from scim_server.directory.mail.courier import Courier, Post
from scim_server.directory.signing.recovery import Answers
from scim_server.directory.worker import Housekeeping, Worker
from scim_server.mail.letters import Templates
from scim_server.mail.smtp import NoServer, SmtpServer, Tls
from scim_server.parts import Parts
from scim_server.store.mail import SqlPostbag
from scim_server.store.requests import SqlWaiting
from scim_server.store.upkeep import SqlUpkeep
from scim_server.web import metrics


def worker(parts: Parts) -> Worker:
    """All duties, with the settings of these parts."""
    users, transactions, clock = parts.users, parts.transactions, parts.transactions.clock
    answers = Answers(transactions, users, SqlWaiting(parts.database))
    courier = Courier(
        transactions,
        users,
        SqlPostbag(parts.database),
        _post(parts),
        Templates(*parts.config.templates),
        parts.config.link,
        metrics.count_mail,
    )
    upkeep = SqlUpkeep(parts.database)
    housekeeping = Housekeeping(
        parts.clients,
        (
            parts.sign_in.unlock_due,
            parts.registration.delete_unconfirmed,
            lambda tenant: upkeep.delete_expired(tenant, clock()),
            lambda tenant: parts.history.delete_expired_events(tenant, clock()),
            lambda tenant: parts.queue.delete_expired_runs(tenant, clock()),
        ),
    )
    return Worker(
        clock,
        {"requests": answers.answer, "mail": courier.deliver},
        {"upkeep": housekeeping.tidy},
    )


def _post(parts: Parts) -> Post:
    config = parts.config
    if not config.smtp_host:
        return NoServer()
    return SmtpServer(
        config.smtp_host,
        config.smtp_port,
        Tls(config.smtp_tls),
        config.smtp_user,
        config.smtp_password,
        config.smtp_from,
    )
