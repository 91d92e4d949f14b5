"""Starts the look back beside a running rehearsal; what it imports itself would make every start slower."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from desk.supervisor import END_WITH_PARENT
from desk.wiring.shared import Place


@dataclass
class LookingBack:
    """Looks back when told to, never twice at once; ``environment`` is the processes' own."""

    place: Place
    environment: Mapping[str, str]
    child: subprocess.Popen[bytes] | None = None
    is_due: bool = False

    def go_on(self) -> None:
        """Begin what is due, if nothing is under way."""
        if self.is_due and (self.child is None or self.child.poll() is not None):
            self.stop()
            self.child, self.is_due = self._begun(), False

    def stop(self) -> None:
        """End what is under way; it keeps its result whole or not at all."""
        if self.child is not None:
            self.child.kill()
            self.child.communicate()

    def _begun(self) -> subprocess.Popen[bytes]:
        folders = (str(folder) for folder in (self.place.config, self.place.data, self.place.library))
        program = [sys.executable, "-m", "desk.rehearsal.look_back", *folders]
        known = {**self.environment, END_WITH_PARENT: "1"}
        return subprocess.Popen(program, env=known, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603 -- ourselves
