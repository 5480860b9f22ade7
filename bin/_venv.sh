# Read by bin/serve, bin/test, bin/test-failures, bin/screenshots and those in bench/: finds Python, makes .venv and installs requirements into it.
# VENV names another place for it; the tests use that.

venv=${VENV:-$root/.venv}

say() { printf '%s\n' "$@"; }
die() { printf '%s\n' "$@" >&2; exit 1; }

find_python() {
    for python in python3 python3.13 python3.12 python3.11 python; do
        # Asking is safer than looking: pyenv leaves commands behind that only print an error.
        "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && return
    done
    die "Python 3.11 oder neuer fehlt (gefunden: $(python3 --version 2>/dev/null || echo 'kein Python'))." \
        "Debian und Ubuntu: sudo apt-get install python3 python3-venv"
}

make_venv() {
    # A .venv whose Python was upgraded away, or whose making was interrupted, cannot import pip.
    "$venv/bin/python" -c 'import pip' 2>/dev/null && return
    "$python" -c 'import ensurepip, venv' 2>/dev/null || die \
        "Diesem Python fehlt das Modul venv." \
        "Debian und Ubuntu: sudo apt-get install python3-venv"
    say "Python-Umgebung wird angelegt: $venv"
    "$python" -m venv --clear "$venv"
}

# install requirements.txt          for bin/serve
# install requirements-s3.txt       after that, where uploads lie in a bucket
# install requirements-dev.txt      for bin/test; it includes both
install() {
    # What is installed is remembered as a copy of the files, so that the next start can skip pip.
    local wanted
    wanted=$(cat "$root/requirements.txt" "$root/requirements-s3.txt" "$root/$1")
    [ "$wanted" = "$(cat "$venv/installed-$1" 2>/dev/null)" ] && return
    say "Pakete werden installiert (nur beim ersten Mal und wenn sich $1 ändert):"
    # Of a package only one version can be installed: what was remembered before is no longer sure.
    rm -f "$venv"/installed-*
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input -r "$root/$1" \
        || die "Die Pakete ließen sich nicht installieren; die Meldung von pip steht darüber."
    cat "$root/requirements.txt" "$root/requirements-s3.txt" "$root/requirements.txt" >"$venv/installed-requirements.txt"
    printf '%s\n' "$wanted" >"$venv/installed-$1"
}
