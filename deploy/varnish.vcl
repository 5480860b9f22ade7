# Varnish vor der KI-Site: /etc/varnish/default.vcl (Debian 12, Varnish 7).
# Anzupassen sind nur die Knoten und, wer Kopien verwerfen darf. Davor steht nginx mit TLS; erklärt in docs/betrieb.md.
vcl 4.1;

import directors;
import std;

# /health/live: auch ein Knoten ohne Datenbank zeigt, was veröffentlicht ist.
probe alive {
    .request =
        "GET /health/live HTTP/1.1"
        "Host: varnish"
        "Connection: close";
    .interval = 2s;
    .timeout = 2s;
    .window = 4;
    .threshold = 2;
    .initial = 2;
}

backend node1 {
    .host = "127.0.0.1";
    .port = "8000";
    .probe = alive;
    .connect_timeout = 2s;
    .first_byte_timeout = 120s;
    .between_bytes_timeout = 20s;
}

# Wer Kopien einer Stadt verwerfen darf: die Knoten der Anwendung (PURGE_URLS).
acl purgers {
    "127.0.0.1";
    "::1";
}

# Wem geglaubt wird, von welcher Adresse ein Besucher kommt: nginx auf diesem Rechner.
acl proxies {
    "127.0.0.1";
    "::1";
}

sub vcl_init {
    new nodes = directors.round_robin();
    nodes.add_backend(node1);
}

sub vcl_recv {
    set req.backend_hint = nodes.backend();

    if (req.method == "BAN") {
        # Durch nginx kommt so etwas nicht; was über einen Vermittler kam, nennt hier zwei Adressen oder ein Protokoll.
        if (client.ip !~ purgers || req.http.X-Forwarded-For ~ "," || req.http.X-Forwarded-Proto) {
            return (synth(405, "Not allowed"));
        }
        if (req.http.X-Cities !~ "^[a-z0-9-]+(\|[a-z0-9-]+)*$") {
            return (synth(400, "X-Cities: bielefeld|bochum"));
        }
        ban("obj.http.Cache-Tag ~ (^|,)(" + req.http.X-Cities + ")(,|$)");
        return (synth(200, "Banned"));
    }
    if (req.method != "GET" && req.method != "HEAD" && req.method != "POST") {
        return (synth(405, "Not allowed"));
    }

    # Genau eine Adresse (PROXY_COUNT=1): die erste, wenn nginx sie nennt, sonst die des Absenders selbst.
    if (client.ip ~ proxies) {
        set req.http.X-Forwarded-For = regsub(req.http.X-Forwarded-For, ",.*$", "");
    } else {
        set req.http.X-Forwarded-For = client.ip;
        unset req.http.X-Forwarded-Proto;
    }
    unset req.http.X-First-Try;
    unset req.http.X-Forwarded-Host;
    unset req.http.X-Forwarded-Port;
    unset req.http.X-Forwarded-Prefix;
    unset req.http.X-Real-Ip;
    unset req.http.X-Script-Name;
    unset req.http.Forwarded;
    unset req.http.Proxy;

    # Drei Fassungen jeder Seite statt einer je Browser. Brotli braucht den Parameter http_gzip_support=off.
    if (req.http.Accept-Encoding ~ "(?i)\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))") {
        set req.http.Accept-Encoding = "br";
    } else if (req.http.Accept-Encoding ~ "(?i)\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))") {
        set req.http.Accept-Encoding = "gzip";
    } else {
        unset req.http.Accept-Encoding;
    }

    if (req.method == "POST" || req.http.Authorization
        || req.http.Cookie ~ "(^|;\s*)[\w-]*(sessionid|csrftoken|messages)="
        || req.url ~ "^/(admin|accounts|health|metrics)(/|$)") {
        return (pass);
    }
    unset req.http.Cookie;
    set req.url = std.querysort(req.url);

    # Solange die Anwendung antwortet, sind alte Kopien nur kurz gut; sonst so lange, wie sie gesagt hat.
    if (req.restarts == 0 && std.healthy(req.backend_hint)) {
        set req.grace = 2s;
        set req.http.X-First-Try = "1";
    } else {
        set req.grace = 7d;
        unset req.http.X-First-Try;
    }
    return (hash);
}

sub vcl_hash {
    hash_data(req.http.X-Forwarded-Proto);
}

sub vcl_backend_response {
    # Ein Fehler verdrängt keine Kopie: beim ersten Versuch wird er verworfen und nach einer alten Kopie gesehen.
    if (beresp.status >= 500) {
        if (bereq.is_bgfetch || bereq.http.X-First-Try) {
            return (abandon);
        }
        set beresp.uncacheable = true;
        set beresp.ttl = 0s;
        return (deliver);
    }
    # Nur Seiten, bei denen die Anwendung sagt, von welchen Städten sie handeln, sind für alle gleich.
    if (!beresp.http.Cache-Tag || beresp.http.Set-Cookie || beresp.http.Cache-Control ~ "(?i)no-store|no-cache|private") {
        set beresp.uncacheable = true;
        set beresp.ttl = 10s;
        return (deliver);
    }
    # s-maxage ist für Vermittler ohne Nachricht. Varnish erfährt jede Änderung und darf so lange behalten wie ein Browser.
    if (beresp.http.Cache-Control ~ "max-age=\d") {
        set beresp.ttl = std.duration(regsub(beresp.http.Cache-Control, "^(.*[ ,])?max-age=(\d+).*$", "\2s"), 0s);
    }
    if (beresp.ttl <= 0s) {
        set beresp.uncacheable = true;
        return (deliver);
    }
    set beresp.grace = std.duration(regsub(beresp.http.Cache-Control, "^.*stale-if-error=(\d+).*$", "\1s"), 0s);
    set beresp.keep = 1h;
    return (deliver);
}

sub vcl_deliver {
    unset resp.http.Cache-Tag;
    unset resp.http.X-Varnish;
    unset resp.http.Via;
}

sub vcl_synth {
    # Der verworfene erste Versuch. Formulare haben keinen: sie werden nie wiederholt.
    if (req.http.X-First-Try && req.restarts == 0) {
        return (restart);
    }
    set resp.http.Content-Type = "text/plain; charset=utf-8";
    set resp.body = resp.reason;
    return (deliver);
}

sub vcl_backend_error {
    if (bereq.is_bgfetch || bereq.http.X-First-Try) {
        return (abandon);
    }
    set beresp.http.Content-Type = "text/html; charset=utf-8";
    set beresp.http.Retry-After = "10";
    set beresp.body = {"<!doctype html>
<html lang="de">
<title>Gleich wieder da</title>
<h1>Gleich wieder da</h1>
<p>Diese Seite ist gerade nicht erreichbar. Bitte versuchen Sie es in einigen Minuten noch einmal.</p>
<p lang="en">This page is not available right now. Please try again in a few minutes.</p>
</html>
"};
    return (deliver);
}
