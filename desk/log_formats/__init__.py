"""How a log line is written, one file each; a process loads only the one it is told to use."""
