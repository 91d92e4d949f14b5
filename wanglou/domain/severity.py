"""How grave an incident is: Ⅳ blue to Ⅰ red."""

from enum import IntEnum


class Severity(IntEnum):
    """The order of 一般 < 较大 < 重大 < 特别重大; a higher number is graver."""

    BLUE = 1
    YELLOW = 2
    ORANGE = 3
    RED = 4

    @property
    def numeral(self) -> str:
        """The Roman numeral of the national scale, where Ⅰ is the gravest."""
        return "ⅣⅢⅡⅠ"[self - 1]

    @property
    def colour(self) -> str:
        """The word used in files and style sheets: ``blue`` … ``red``."""
        return self.name.lower()

    @classmethod
    def named(cls, colour: str) -> "Severity":
        """Find the severity a file calls ``colour``; KeyError if there is none."""
        return cls[colour.upper()]
