from time import monotonic

EVERY = 5  # seconds


class Progress:
    """Says what is done, but only where it takes long."""

    def __init__(self, stdout, is_quiet=False):
        self.stdout, self.is_quiet, self.said_at = stdout, is_quiet, monotonic()

    def __call__(self, text):
        if not self.is_quiet and monotonic() - self.said_at > EVERY:
            self.stdout.write(f"  {text}")
            self.stdout.flush()
            self.said_at = monotonic()
