"""How likely is a trial to succeed, by what its registration says? A model that must beat the base rate to count.

Pure: tables of trials in, a model and its measures out. Method: docs/methods/learned-model.md.
"""

from onepill.evidence.learned.measures import Estimate, Measures, measure
from onepill.evidence.learned.model import LearnedModel
from onepill.evidence.learned.published import PUBLISHED, Published
from onepill.evidence.learned.train import Report, train
from onepill.evidence.learned.trials import FIELDS, KNOWN_LATER, Trial, read_trials

__all__ = [
    "FIELDS",
    "KNOWN_LATER",
    "PUBLISHED",
    "Estimate",
    "LearnedModel",
    "Measures",
    "Published",
    "Report",
    "Trial",
    "measure",
    "read_trials",
    "train",
]
