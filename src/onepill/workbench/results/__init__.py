"""What do the simulated futures of one programme say? The passport, its sections and where its numbers came from."""
