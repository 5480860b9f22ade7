# Read after _venv.sh by bin/test, bin/test-failures, bin/screenshots and those in bench/: programs that Debian has.

# apt_install PACKAGES...: false where that is not ours to do. The services stay off: who needs one starts it.
apt_install() (
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit
    log=$(mktemp) policy=
    trap 'rm -f "$log" $policy' EXIT
    trap 'exit 130' INT TERM
    if [ ! -e /usr/sbin/policy-rc.d ]; then
        policy=/usr/sbin/policy-rc.d
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
    fi
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update && apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null && exit
    tail -n 5 "$log"
    exit 1
)

# need PROGRAM PACKAGE
need() {
    PATH=$PATH:/usr/sbin:/sbin:/usr/local/sbin command -v "$1" >/dev/null && return
    say "$1 wird installiert."
    apt_install "$2" || die "$1 fehlt." "Debian und Ubuntu: sudo apt-get install $2"
}

# Leaves its place in CHROMIUM.
find_chromium() {
    local name
    for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable; do
        CHROMIUM=$(command -v "$name") && export CHROMIUM && return
    done
    say "Chromium wird installiert, dazu Schriften auch für Arabisch."
    apt_install chromium chromium-l10n fonts-noto-core || die "Chromium fehlt." \
        "Debian: sudo apt-get install chromium chromium-l10n fonts-noto-core" \
        "Anderswo: Chromium oder Chrome installieren und mit CHROMIUM=/pfad/zum/programm nennen."
    CHROMIUM=$(command -v chromium) && export CHROMIUM
}
