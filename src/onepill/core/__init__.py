"""What do all parts of onepill share: units, days, distributions, provenance, errors and named chance?"""
