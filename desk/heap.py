"""How a process's memory is taken and given back."""

import ctypes
import gc
import sys

_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_SETTINGS = {
    # A worker's 200,000 mentions peaked at 306 MB with one heap, 427 with two; 20,000 took 471 with glibc's
    # usual eight a core: work moves between threads, and each heap keeps its own peak.
    _M_ARENA_MAX: 1,
    # A batch's arrays go back to the system instead of leaving holes: 269 MB became 257.
    _M_MMAP_THRESHOLD: 1 << 18,
    _M_TRIM_THRESHOLD: 1 << 20,
}


def spare_memory() -> None:
    """Let all threads share one heap, and let what is large or last in it go back at once."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", lambda *_: 0)  # not every libc has it
        for setting, value in _SETTINGS.items():
            mallopt(setting, value)


def settle() -> None:
    """Say that what is built by now stays for good, so that the collector need not walk through it.

    It would do so every few dozen boards, and a page asked for in that moment takes twice as long; and
    every few thousand mentions, of whose reading that was a twentieth.
    """
    gc.collect()
    gc.freeze()
