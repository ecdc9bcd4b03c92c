"""OpenLDAP's slapd, started by the tests and gone with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ldap3

from benchmarks import slapd as openldap
from benchmarks.processes import free_port
from tests.certificates import Authority, Pair

SUFFIX = "dc=example,dc=com"
AD_SUFFIX = "dc=corp,dc=example"
"""Entries look as those of Active Directory there; anybody may read them."""
PASSWORD = "a-password-of-tests"

READER, LIMITED, PAGED = (f"cn={name},{SUFFIX}" for name in ("reader", "limited", "paged"))
"""Who may read all; who gets 10 entries at most; who gets 10 at a time at most."""

NOT_IN_CERTIFICATE = "127.0.0.2"
"""Where the server listens as well."""

RELAX = "1.3.6.1.4.1.4203.666.5.12"
"""The control by which an administrator may write what a server writes itself."""

Attributes = Mapping[str, str | bytes | Sequence[str | bytes]]

MEMBER_OF = re.compile(r"^attributetype \( MSADat2:102\n.*?\)\n|\$ memberOf(?= )", re.M | re.S)
"""Is the overlay's, in slapd."""

# testPerson: what Debian's schema files lack, or have for other classes only.
CONFIGURATION = """
modulepath {modules}
moduleload back_mdb
moduleload memberof
moduleload refint
moduleload ppolicy
include {schemas}/core.schema
include {schemas}/cosine.schema
include {schemas}/nis.schema
include {schemas}/inetorgperson.schema
include {folder}/msuser.schema
attributetype ( 1.1.2.1 NAME 'nsAccountLock' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15
    EQUALITY caseIgnoreMatch SINGLE-VALUE )
attributetype ( 1.1.2.2 NAME 'nsUniqueId' SYNTAX 1.3.6.1.4.1.1466.115.121.1.15
    EQUALITY caseIgnoreMatch SINGLE-VALUE )
objectclass ( 1.1.3.1 NAME 'testPerson' SUP top AUXILIARY
    MAY ( nsAccountLock $ nsUniqueId $ sAMAccountName $ userAccountControl $ accountExpires ) )
pidfile {folder}/pid
TLSCACertificateFile {ca}
TLSCertificateFile {server.certificate}
TLSCertificateKeyFile {server.key}
TLSVerifyClient try
sasl-secprops none
sasl-auxprops slapd
authz-regexp "uid=([^,]+),.*cn=auth" "cn=$1,{suffix}"
authz-regexp "cn=reader-by-certificate" "{reader}"
sizelimit unlimited

database mdb
suffix "{suffix}"
rootdn "cn=admin,{suffix}"
rootpw {password}
directory {folder}/one
maxsize 1073741824
dbnosync
index objectClass,entryUUID,modifyTimestamp,uid,member eq
limits dn.exact="{limited}" size=10
limits dn.exact="{paged}" size.pr=10 size.prtotal=unlimited
access to attrs=userPassword by anonymous auth by * none
access to * by users read by anonymous auth
overlay memberof
overlay refint
refint_attributes member manager
overlay ppolicy

database mdb
suffix "{ad_suffix}"
rootdn "cn=admin,{suffix}"
directory {folder}/two
maxsize 1073741824
dbnosync
index objectClass eq
access to * by * read
"""

ENTRIES = "\n".join(
    f"dn: cn={name},{SUFFIX}\nobjectClass: person\ncn: {name}\nsn: -\nuserPassword: {PASSWORD}\n"
    for name in ("reader", "limited", "paged")
)
START = f"dn: {SUFFIX}\nobjectClass: domain\ndc: example\n\n{ENTRIES}\n"
AD_START = f"dn: {AD_SUFFIX}\nobjectClass: domain\ndc: corp\n\n"


@dataclass(frozen=True, slots=True)
class Slapd:
    """A running server; ``client``: a certificate of the reader's."""

    port: int
    tls_port: int
    authority: Authority
    client: Pair
    admin: ldap3.Connection
    numbers: Iterator[int]

    @property
    def url(self) -> str:
        """Unencrypted until StartTLS."""
        return f"ldap://127.0.0.1:{self.port}"

    @property
    def tls_url(self) -> str:
        """Encrypted from the beginning."""
        return f"ldaps://127.0.0.1:{self.tls_port}"

    def tree(self, suffix: str = SUFFIX) -> "Tree":
        """A new subtree, empty but for itself."""
        base = f"ou=number {next(self.numbers)},{suffix}"
        made = Tree(self, base)
        made.add(base, {"objectClass": "organizationalUnit"})
        return made


@dataclass(frozen=True, slots=True)
class Tree:
    """A subtree that a test has for itself; entries are written by the administrator."""

    server: Slapd
    base: str

    def add(self, dn: str, attributes: Attributes) -> str:
        """Create an entry; return its DN."""
        self._done(self._admin.add(dn, attributes=dict(attributes)))
        return dn

    def modify(self, dn: str, attributes: Attributes) -> None:
        """Replace attributes; empty ones go."""
        changes = {
            name: [(ldap3.MODIFY_REPLACE, [values] if isinstance(values, str | bytes) else values)]
            for name, values in attributes.items()
        }
        self._done(self._admin.modify(dn, changes))

    def backdate(self, dn: str, moment: str) -> None:
        """Say when an entry was changed last: ``20200101000000Z``."""
        changes = {"modifyTimestamp": [(ldap3.MODIFY_REPLACE, [moment])]}
        self._done(self._admin.modify(dn, changes, controls=[(RELAX, True, None)]))

    def delete(self, dn: str) -> None:
        """Remove an entry."""
        self._done(self._admin.delete(dn))

    def rename(self, dn: str, rdn: str, parent: str | None = None) -> str:
        """Rename an entry, or move it; return its new DN."""
        self._done(self._admin.modify_dn(dn, rdn, new_superior=parent))
        return f"{rdn},{parent or dn.partition(',')[2]}"

    def person(self, uid: str, **attributes: Any) -> str:
        """A user whom the defaults of the settings find; return the DN."""
        names = {"objectClass": "inetOrgPerson", "cn": uid.title(), "sn": uid.title()}
        return self.add(f"uid={uid},{self.base}", names | attributes)

    def account(self, name: str, **attributes: Any) -> str:
        """A user as Active Directory has them, below AD_SUFFIX; return the DN."""
        given = {
            "objectClass": ["user", "testPerson"],
            "sn": name,
            "sAMAccountName": name,
            "objectCategory": f"cn=Person,{AD_SUFFIX}",
            "instanceType": "4",
            "nTSecurityDescriptor": "-",
            "userAccountControl": "512",
        }
        return self.add(f"cn={name},{self.base}", given | attributes)

    def group(self, name: str, *members: str) -> str:
        """A group of these DNs, which must not be none; return its own."""
        attributes = {"objectClass": "groupOfNames", "member": members}
        return self.add(f"cn={name},{self.base}", attributes)

    @property
    def _admin(self) -> ldap3.Connection:
        return self.server.admin

    def _done(self, succeeded: bool) -> None:
        assert succeeded, self._admin.result


@contextmanager
def slapd(ldif: str = "") -> Iterator[Slapd]:
    """Run a new server until the block ends, at first with these entries below SUFFIX.

    Raises: NotStarted.
    """
    with TemporaryDirectory(prefix="scim-slapd-") as home:
        folder = Path(home)
        authority = Authority(folder)
        openldap.prepare(folder, _configuration(folder, authority))
        openldap.load(folder, SUFFIX, START + ldif)
        openldap.load(folder, AD_SUFFIX, AD_START)
        port, tls_port = free_port(), free_port()
        urls = [
            url
            for host in ("127.0.0.1", NOT_IN_CERTIFICATE)
            for url in (f"ldap://{host}:{port}", f"ldaps://{host}:{tls_port}")
        ]
        client = authority.signed("reader-by-certificate")
        administrator = openldap.bound(port, f"cn=admin,{SUFFIX}", PASSWORD)
        with openldap.serving(folder, port, urls), administrator as admin:
            yield Slapd(port, tls_port, authority, client, admin, count(1))


def _configuration(folder: Path, authority: Authority) -> str:
    """With what it names."""
    for name in ("one", "two"):
        (folder / name).mkdir()
    active_directory = (openldap.SCHEMAS / "msuser.schema").read_text()
    (folder / "msuser.schema").write_text(MEMBER_OF.sub("", active_directory))
    return CONFIGURATION.format(
        schemas=openldap.SCHEMAS,
        modules=openldap.MODULES,
        folder=folder,
        ca=authority.ca,
        server=authority.signed("server"),
        suffix=SUFFIX,
        ad_suffix=AD_SUFFIX,
        reader=READER,
        limited=LIMITED,
        paged=PAGED,
        password=PASSWORD,
    )
