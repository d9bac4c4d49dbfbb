"""The one error of the assembler, and the place in a table that it speaks of."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """A line of a table."""

    table: str
    line: int

    def __str__(self) -> str:
        return f"{self.table}:{self.line}"


class AssembleError(Exception):
    """Bad input; the message begins with the table's file and line."""

    def __init__(self, where: Location, message: str):
        super().__init__(f"{where}: {message}")
