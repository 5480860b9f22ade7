"""What is written into the log of the server."""

import logging
import re

# An address below these opens something to whoever has it.
SECRET = re.compile(r"/(mitmachen|pruefen|beleg)/[^/\s?'\"]+")


def without_secrets(words):
    return SECRET.sub(r"/\1/…", words)


class WithoutSecrets(logging.Filter):
    """Who reads the log cannot use the links that people were sent."""

    def filter(self, record):
        record.msg, record.args = without_secrets(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = without_secrets(logging.Formatter().formatException(record.exc_info))
        return True
