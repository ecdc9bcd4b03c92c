"""People who make themselves an account, where the policy of the tenant lets them.

They choose no password: whoever reads the mail chooses it with the link, so that nobody has one to
an account with another's address.
"""

from collections.abc import Mapping

from scim_server.directory.accounts.accounts import (
    Accounts,
    Activation,
    AddressTaken,
    NewAccount,
    acting,
)
from scim_server.directory.accounts.addresses import address_of
from scim_server.directory.accounts.lifecycle import Status
from scim_server.directory.apart import one_by_one
from scim_server.directory.callers import NO_TENANT, system
from scim_server.directory.change import Change
from scim_server.directory.events import Actor
from scim_server.directory.signing.links import Purpose, send_another
from scim_server.directory.signing.recovery import ANYONE, PAUSE, Recovery
from scim_server.directory.signing.requests import BY_ADDRESS, BY_NAME
from scim_server.directory.signing.sign_in import Attempt, Tenants
from scim_server.protocol.errors import NotFound
from scim_server.protocol.values import fold, later, stamp

OFF = "Nobody registers here: ask an administrator for an account."
NEVER_CONFIRMED = "its address was never confirmed"
EVER = ""
"""Before every instant."""
AT_ONCE = 100


class Registration:
    """Off unless a tenant turns it on."""

    def __init__(self, accounts: Accounts, recovery: Recovery, tenants: Tenants) -> None:
        self.transactions = accounts.transactions
        self.users = accounts.users
        self.accounts = accounts
        self.recovery = recovery
        self.tenants = tenants

    def register(self, attempt: Attempt, tenant: str, profile: Mapping[str, str]) -> None:
        """Make a Pending account and mail a link to its address, which makes it Active.

        Who has done so already and lost the mail, gets another one. Where each address is for one
        account, whoever has it already is mailed a way back in instead, and only they learn of it
        (security rule 20).

        Raises NotFound: it is off here; InvalidValue, NotUnique.
        """
        number = self._open(tenant)
        actor = Actor(ANYONE, attempt.request, None, attempt.origin.address)
        new = NewAccount(profile, Activation.PENDING, link=Purpose.VERIFICATION)

        def work(change: Change) -> None:
            if not self._is_repeated(change, profile):
                self.accounts.make(change, new)

        try:
            self.transactions.write(acting(system(number, actor)), work)
        except AddressTaken:
            self.recovery.ask(attempt, tenant, BY_ADDRESS, profile[BY_ADDRESS])

    def delete_unconfirmed(self, tenant: int) -> int:
        """Delete who has registered and let the link run out; returns how many, AT_ONCE at most.

        Else whoever mistypes an address, or makes one up, would hold a name for ever.
        """
        now = stamp(self.transactions.clock())
        with self.transactions.store.reading(tenant) as reader:
            found = reader.links.unconfirmed(now, AT_ONCE)

        def delete(id: str) -> int:
            return self.transactions.write(
                system(tenant, Actor("system", "", reason=NEVER_CONFIRMED)),
                lambda change: self._delete(change, id),
            )

        return one_by_one(found, delete)

    def _delete(self, change: Change, id: str) -> int:
        """0: it was confirmed meanwhile, or has got another link."""
        change.store.lock(self.users, id)
        if id not in change.store.links.unconfirmed(change.now, AT_ONCE):
            return 0
        change.delete(self.users, id, None)
        return 1

    def _is_repeated(self, change: Change, profile: Mapping[str, str]) -> bool:
        """Whether they have registered just so and confirmed nothing yet; they get another mail."""
        found = change.store.logins.find(profile[BY_NAME])
        if found is None or found.status is not Status.PENDING:
            return False
        user, links = change.store.lock(self.users, found.user), change.store.links
        is_theirs = fold(address_of(user) or "") == fold(profile[BY_ADDRESS])
        if not is_theirs or not links.is_made_since(user.key, Purpose.VERIFICATION, EVER):
            return False
        if not links.is_made_since(user.key, Purpose.VERIFICATION, later(change.now, -PAUSE)):
            send_another(change, user, Purpose.VERIFICATION)
        return True

    def _open(self, tenant: str) -> int:
        number = self.tenants.tenant(tenant) or NO_TENANT
        with self.transactions.store.reading(number) as reader:
            if not reader.policy.get().self_registration:
                raise NotFound(OFF)
        return number
