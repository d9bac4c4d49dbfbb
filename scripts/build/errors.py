"""The one error of the build: what went wrong and what to do about it, shown without a trace."""

import sys
from collections.abc import Callable
from typing import NoReturn


class BuildError(Exception):
    """A failure that the user can understand; str() is the whole message."""


def exit_with(main: Callable[[], int]) -> NoReturn:
    """Ends the program with the status of `main`, or with the message of what stopped it."""
    try:
        sys.exit(main())
    except BuildError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit("stopped")
