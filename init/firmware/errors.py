"""What ends the assembly of firmware."""


class FirmwareError(Exception):
    """A file that is not what it has to be."""
