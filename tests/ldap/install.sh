#!/bin/sh
# Installs slapd for the tests, as root, and leaves no server running: Debian would start one.
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
fi
apt-get -qq update
apt-get -qq install --yes --no-install-recommends slapd libsasl2-modules
update-rc.d slapd disable 2>/dev/null || true
