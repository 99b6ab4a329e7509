"""How likely is it, and how to know? Designs, assurance, enrichment, base rates and learned models."""
