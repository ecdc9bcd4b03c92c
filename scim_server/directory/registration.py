"""People who make themselves an account, where the policy of the tenant lets them.

They choose no password: whoever reads the mail chooses it with the link, so that nobody has one to
an account with another's address.
"""

from collections.abc import Mapping

from scim_server.directory.accounts import Accounts, Activation, NewAccount
from scim_server.directory.callers import system
from scim_server.directory.events import Actor
from scim_server.directory.links import Purpose
from scim_server.directory.recovery import ANYONE
from scim_server.directory.sign_in import Attempt, Tenants
from scim_server.directory.transactions import Transactions
from scim_server.protocol.errors import NotFound

OFF = "Nobody registers here: ask an administrator for an account."


class Registration:
    """Off unless a tenant turns it on."""

    def __init__(self, transactions: Transactions, accounts: Accounts, tenants: Tenants) -> None:
        self.transactions = transactions
        self.accounts = accounts
        self.tenants = tenants

    def register(self, attempt: Attempt, tenant: str, profile: Mapping[str, str]) -> None:
        """Make a Pending account and mail a link to its address, which makes it Active.

        Raises NotFound: it is off here; InvalidValue, NotUnique.
        """
        number = self._open(tenant)
        actor = Actor(ANYONE, attempt.request, None, attempt.origin.address)
        new = NewAccount(profile, Activation.PENDING, link=Purpose.VERIFICATION)
        self.accounts.create(system(number, actor), new)

    def _open(self, tenant: str) -> int:
        number = self.tenants.tenant(tenant)
        if number is None:
            raise NotFound(OFF)
        with self.transactions.store.reading(number) as reader:
            if not reader.policy.get().self_registration:
                raise NotFound(OFF)
        return number
