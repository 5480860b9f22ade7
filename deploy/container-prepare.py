"""Before the containers of the site start: tables, centres, search index. What deploy/upgrade does on a machine."""

import os
import subprocess
import sys

os.umask(0o077)
for command in (["migrate", "--no-input"], ["load_centres"], ["build_search_index"]):
    subprocess.run([sys.executable, "manage.py", *command], check=True)
