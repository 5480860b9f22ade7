import time


def wait_until(happens, seconds, complaint, pause=0.05):
    """What `happens` gives first that is true. `complaint` says what is wrong when the time is over."""
    end = time.monotonic() + seconds
    while not (found := happens()):
        if time.monotonic() > end:
            raise AssertionError(complaint())
        time.sleep(pause)
    return found
