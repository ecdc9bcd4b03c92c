"""The tables: typed, dumb, private to store/. All are known wherever one is.

Every key leads with the tenant, so that a distributed PostgreSQL can partition on it.
"""

from typing import cast

from sqlalchemy import Table

from scim_server.store.models.clients import ClientRow, TokenRow
from scim_server.store.models.credentials import (
    ApiKeyRow,
    AuthenticatorRow,
    ChallengeRow,
    LoginRow,
    RecoveryCodeRow,
    SessionRow,
)
from scim_server.store.models.events import EventRow
from scim_server.store.models.mail import LinkRow, MailRow, RequestRow
from scim_server.store.models.resources import MembershipRow, ResourceRow, UniqueKeyRow, ValueRow
from scim_server.store.models.rights import ApplicationRow, AssignmentRow, RoleGrantRow
from scim_server.store.models.sync import AnchorRow, RunRow, SourceRow, StepRow
from scim_server.store.models.tenants import PolicyRow, TenantRow

TENANT = cast(Table, TenantRow.__table__)
CLIENT = cast(Table, ClientRow.__table__)
RESOURCE = cast(Table, ResourceRow.__table__)
VALUE = cast(Table, ValueRow.__table__)
UNIQUE_KEY = cast(Table, UniqueKeyRow.__table__)
MEMBERSHIP = cast(Table, MembershipRow.__table__)
EVENT = cast(Table, EventRow.__table__)
TOKEN = cast(Table, TokenRow.__table__)
LOGIN = cast(Table, LoginRow.__table__)
SESSION = cast(Table, SessionRow.__table__)
API_KEY = cast(Table, ApiKeyRow.__table__)
AUTHENTICATOR = cast(Table, AuthenticatorRow.__table__)
RECOVERY_CODE = cast(Table, RecoveryCodeRow.__table__)
LINK = cast(Table, LinkRow.__table__)
CHALLENGE = cast(Table, ChallengeRow.__table__)
MAIL = cast(Table, MailRow.__table__)
REQUEST = cast(Table, RequestRow.__table__)
ROLE_GRANT = cast(Table, RoleGrantRow.__table__)
APPLICATION = cast(Table, ApplicationRow.__table__)
ASSIGNMENT = cast(Table, AssignmentRow.__table__)
POLICY = cast(Table, PolicyRow.__table__)
SOURCE = cast(Table, SourceRow.__table__)
ANCHOR = cast(Table, AnchorRow.__table__)
RUN = cast(Table, RunRow.__table__)
STEP = cast(Table, StepRow.__table__)
"""For statements that are built anew for each request: building with mapped classes takes ten
times as long."""
