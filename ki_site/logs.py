"""What is written into the log of the server."""

import logging
import re

# An address below these opens something to whoever has it.
SECRET = re.compile(r"/(mitmachen|pruefen|beleg|passwort/neu)/[^/\s?'\"]+")


class WithoutSecrets(logging.Formatter):
    """Who reads the log cannot use the links that people were sent."""

    def format(self, record):
        return SECRET.sub(r"/\1/…", super().format(record))
