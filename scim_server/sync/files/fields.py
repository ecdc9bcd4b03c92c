"""What the file of a source says of itself, whatever its type: everything but its own tables."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from marshmallow import Schema, ValidationError, fields, validate

from scim_server.directory.sources.runs import OnChange
from scim_server.sync.plan import Departure

TYPES = ("ldap", "feed", "scim")
DIRECTORY_SYNC, HR = "Directory Sync", "HR"
"""Sources of accounts, as the account extension names them."""
NEVER = "never"
"""In the place of a schedule."""
LEAVERS_BECOME = (Departure.SUSPEND, Departure.DEPROVISION, Departure.DELETE)


class _Zone(fields.Field[ZoneInfo]):
    """A name such as Europe/Berlin."""

    def _deserialize(self, value: object, *_: object, **__: object) -> ZoneInfo:
        try:
            return ZoneInfo(str(value))
        except (KeyError, ValueError, OSError):
            raise ValidationError("names no time zone, as Europe/Berlin does") from None


def _is_cron(text: str) -> None:
    if len(text.split()) != 5:
        raise ValidationError("must be minute, hour, day, month and weekday: */5 * * * *")
    try:
        next(CronSim(text, datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as fault:
        raise ValidationError(f"is no cron expression: {fault}") from None
    except StopIteration:
        raise ValidationError("means a day that never comes") from None


def _is_cron_or_never(text: str) -> None:
    if text != NEVER:
        _is_cron(text)


class _GuardFields(Schema):
    share = fields.Float(validate=validate.Range(0, 1))
    number = fields.Integer(strict=True, validate=validate.Range(0))


class _LeaverFields(Schema):
    then = fields.String(validate=validate.OneOf([str(each) for each in LEAVERS_BECOME]))
    after_days = fields.Integer(strict=True, validate=validate.Range(0, 10_000))


class _AuthorityFields(Schema):
    on_change = fields.String(validate=validate.OneOf([str(each) for each in OnChange]))


class SourceFields(Schema):
    """The tables of types and of mappings are read elsewhere."""

    type = fields.String(required=True, validate=validate.OneOf(TYPES))
    tenant = fields.String(validate=validate.Length(1, 100), load_default="default")
    shown_as = fields.String(validate=validate.OneOf((DIRECTORY_SYNC, HR)))
    schedule = fields.String(validate=_is_cron, load_default=None)
    full_schedule = fields.String(validate=_is_cron_or_never, load_default=None)
    time_zone = _Zone(load_default=ZoneInfo("UTC"))
    guards = fields.Nested(_GuardFields, load_default=dict)
    leavers = fields.Nested(_LeaverFields, load_default=dict)
    authority = fields.Nested(_AuthorityFields, load_default=dict)
    users = fields.Raw()
    groups = fields.Raw()
    ldap = fields.Raw()
    feed = fields.Raw()
    scim = fields.Raw()
