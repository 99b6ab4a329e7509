"""Where did a number come from? The way through any answer to its sources."""
