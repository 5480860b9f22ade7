"""What the commands say, and the number with which they end."""

import errno
from contextlib import contextmanager
from zipfile import BadZipFile

from django.core.management.base import CommandError
from django.db import DatabaseError

from .archive import Damaged
from .restoring import DoesNotFit, NotEmpty
from .state import TooNew

# 1: did not work, and nothing was changed.
DAMAGED, NOT_EMPTY, TOO_NEW = 2, 3, 4


def sentence(error):
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Der Speicherplatz reicht nicht. Bitte schaffen Sie Platz, oder nennen Sie einen anderen Ordner."
    place = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror or error}{place}."


@contextmanager
def told():
    """Whatever goes wrong while a backup is read, in words."""
    try:
        yield
    except (Damaged, BadZipFile) as error:
        raise CommandError(str(error), returncode=DAMAGED) from error
    except NotEmpty as error:
        raise CommandError(str(error), returncode=NOT_EMPTY) from error
    except TooNew as error:
        raise CommandError(str(error), returncode=TOO_NEW) from error
    except DoesNotFit as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(sentence(error)) from error
    except DatabaseError as error:
        raise CommandError(f"Die Datenbank nimmt die Sicherung nicht an: {error}") from error
