"""The one error of the build: what went wrong and what to do about it, shown without a trace."""


class BuildError(Exception):
    """A failure that the user can understand; str() is the whole message."""
