"""The therapeutic areas that a programme may name."""

from __future__ import annotations

from typing import Literal, get_args

Area = Literal[
    "oncology",
    "metabolic",
    "endocrine",
    "cardiovascular",
    "neurology",
    "psychiatry",
    "infectious_disease",
    "autoimmune",
    "respiratory",
    "haematology",
    "ophthalmology",
    "gastroenterology",
    "urology",
    "allergy",
    "other",
    "all",
]
AREAS: tuple[str, ...] = get_args(Area)
"""Closed list; `other` is an area outside the named ones, `all` is no area at all."""
