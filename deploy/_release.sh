# Gelesen von deploy/upgrade und deploy/rollback: wo eine Fassung liegt, und wie sie die laufende wird.

site=/opt/ki-site
units=/usr/local/lib/systemd/system

say() { printf '%s\n' "$@"; }
die() { printf '%s\n' "$@" >&2; exit 1; }

[ "$(id -u)" = 0 ] || die "Das muss root tun."
[ -r /etc/ki-site/environment ] || die "/etc/ki-site/environment fehlt. Die Vorlage ist deploy/environment.example."

# manage RELEASE COMMAND...    (as the user of the site, with its settings, which .env names)
manage() {
    local release=$1
    shift
    (cd "$release" && umask 077 && runuser -u ki -- .venv/bin/python manage.py "$@")
}

# point NAME RELEASE    (in one step: there is no moment without the link)
point() {
    ln -sfn "$2" "$site/$1.new"
    mv -T "$site/$1.new" "$site/$1"
}

is_ready() {
    curl --fail --silent --max-time 2 http://127.0.0.1:8000/health/ready >/dev/null
}

is_running() {
    local server
    server=$(systemctl show --property MainPID --value ki-web.service)
    [ "$server" != 0 ] && [ "$(readlink "/proc/$server/cwd")" = "$1" ]
}

# run RELEASE    (the new server starts beside the old one; the old one goes when the new one can answer)
run() {
    point current "$1"
    mkdir -p "$units"
    cp -r "$1"/deploy/systemd/. "$units"
    systemctl daemon-reload
    systemctl enable --quiet --now ki-web.socket
    systemctl enable --quiet ki-web.service
    systemctl reload-or-restart ki-web.service
    for tried in $(seq 120); do
        is_running "$1" && is_ready && return
        # While a server before the old one still finishes its work, gunicorn takes no reload.
        [ $((tried % 30)) != 0 ] || systemctl reload ki-web.service
        sleep 0.5
    done
    return 1
}
