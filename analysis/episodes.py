"""One alert an episode: who may speak now, and who has said it already."""

import numpy as np
from numpy.typing import NDArray

from analysis.extremes import BUCKETS_A_DAY, PER_HOUR, Floats, Memory

QUIET = BUCKETS_A_DAY
"""No second alert within a day, unless it is graver by ``RUNG``."""

BREAK = 6 * PER_HOUR
"""Six hours without a bucket above the bar end a run."""

HABIT = 0.3
HABIT_DECAY = 7.0 * BUCKETS_A_DAY
"""Each episode raises the series' bar by 0.3, fading over a week: who cries often is believed less."""

RUNG = 1.5
"""An episode speaks again each time it stands this much higher: half the scale from 0 to grave."""

NEVER = -(10**9)


def blank(series: int) -> Memory:
    """The memory of series that never spoke."""
    return {
        "habit": np.zeros(series),
        "fired": np.full(series, NEVER, np.int64),
        "fired_z": np.zeros(series),
        "above": np.full(series, NEVER, np.int64),
        "run": np.full(series, NEVER, np.int64),
    }


def speak(memory: Memory, who: NDArray[np.intp], z: Floats, bar: float, step: int) -> NDArray[np.bool_]:
    """Note that ``who`` stand at ``z`` ≥ ``bar`` in bucket ``step``; return which of them speak.

    A series speaks when a run begins, at the earliest a day after it last spoke, or when it stands a rung
    above what it last said in the same run or within a day.
    """
    for name in ("habit", "fired", "fired_z", "above", "run"):
        memory[name] = memory[name].copy()
    new_run = step - memory["above"][who] > BREAK
    memory["run"][who] = np.where(new_run, step, memory["run"][who])
    memory["above"][who] = step
    since = step - memory["fired"][who]
    told = memory["run"][who] <= memory["fired"][who]
    habit = memory["habit"][who] * np.exp(-np.minimum(since, 100 * QUIET) / HABIT_DECAY)
    fresh = ~told & (since >= QUIET) & (z >= bar + habit)
    graver = (told | (since < QUIET)) & (z >= memory["fired_z"][who] + RUNG)
    speaks: NDArray[np.bool_] = fresh | graver
    loud = who[speaks]
    memory["habit"][loud] = habit[speaks] + HABIT * fresh[speaks]
    memory["fired"][loud] = step
    memory["fired_z"][loud] = z[speaks]
    return speaks
