"""nginx with the configuration that is shipped, in front of the site; and beside it a file of the same bytes.

Changed are only names, ports and folders, and that there is no TLS: it costs both the same.
"""

import getpass
import re
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from . import servers
from .databases import ROOT

SHIPPED = ROOT / "deploy" / "nginx" / "ki-site.conf"

AROUND = """
include /etc/nginx/modules-enabled/*.conf;
user {user};
daemon off;
worker_processes auto;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
    include /etc/nginx/mime.types;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{shipped}
server {{
    listen 127.0.0.1:{static_port};
    access_log {folder}/static.log ki buffer=32k flush=5s;
    open_file_cache max=10000 inactive=60s;
    location = /page {{
        alias {body};
        types {{ }}
        default_type "text/html; charset=utf-8";
        add_header Content-Encoding br;
        add_header Vary Accept-Encoding;
    }}
}}
}}
"""


class Front(NamedTuple):
    site: servers.Server
    static: servers.Server


def start(stack, address, body):
    """None where nothing is shipped."""
    if not SHIPPED.exists():
        return None
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ki-bench-nginx-")))
    folder.chmod(0o755)
    port, static_port = servers.free_port(), servers.free_port()
    configuration = AROUND.format(
        user=getpass.getuser(),
        folder=folder,
        body=body,
        static_port=static_port,
        shipped=shipped(port, address.removeprefix("http://"), folder),
    )
    (folder / "nginx.conf").write_text(configuration, encoding="utf-8")
    command = ["nginx", "-c", str(folder / "nginx.conf")]
    site = stack.enter_context(servers.running(command, None, port, "/health/live"))
    return Front(site, servers.Server(f"http://127.0.0.1:{static_port}", site.pid))


def shipped(port, upstream, folder):
    """The shipped configuration for this place: one server without TLS, whatever it is called."""
    text = SHIPPED.read_text(encoding="utf-8")
    head, *blocks = re.split(r"^server \{$", text, flags=re.MULTILINE)
    of_site = [block for block in blocks if "ssl_certificate " in block]
    if len(of_site) != 1:
        sys.exit(f"{SHIPPED.relative_to(ROOT)}: there are {len(of_site)} servers with a certificate, one was expected.")
    block = re.sub(r"^ *(ssl_\w+|listen|server_name) [^;]*;\n", "", of_site[0], flags=re.MULTILINE)
    text = f"{head}\nserver {{\n    listen 127.0.0.1:{port};\n{block}"
    text = text.replace("127.0.0.1:8000", upstream).replace("snippets/", f"{SHIPPED.parent}/")
    return text.replace("/var/cache/nginx-ki", f"{folder}/cache").replace("/var/log/nginx", str(folder))
