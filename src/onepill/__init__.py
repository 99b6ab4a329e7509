"""One innovative drug through its full cycle, every number traced to its source."""

__version__ = "0.1.0"
