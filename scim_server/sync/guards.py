"""How much a run may take away before somebody has confirmed it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Guards:
    """Limits of one run, for users and for groups alike.

    share:  of those that the source has here, 0 to 1
    number: however many there are
    """

    share: float = 0.1
    number: int = 50

    def excess(self, departing: int, standing: int) -> str | None:
        """Why a run must stop that takes ``departing`` of ``standing`` away; None: it need not.

        One may always go: in a small company that is a large share.
        """
        if departing > self.number:
            return f"{departing:,}, more than {self.number:,}"
        if departing > 1 and departing > self.share * standing:
            return f"{departing:,} of {standing:,}, more than {self.share:.0%}"
        return None
