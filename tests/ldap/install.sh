#!/bin/sh
# Installs slapd and its clients for the tests, as root; no server is left running: Debian starts one.
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
apt-get -qq update
apt-get -qq install --yes --no-install-recommends slapd ldap-utils libsasl2-modules
update-rc.d slapd disable 2>/dev/null || true
