"""Numbers out of a registration: words with their weights, and what can be counted."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from onepill.evidence.learned.trials import Trial

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

Matrix = npt.NDArray[np.float64]
SHORT = ("title", "diseases", "drugs")
LONG = ("criteria",)
WORD = r"(?u)\b\w[\w\-]+\b"
FEWEST_TRIALS = 3
"""A word or pair of words counts if so many trials have it."""
MOST_WORDS = 20_000
TREE_WORDS = 200
"""The words of each text that most trials have: what the trees may ask for."""
PHASES = ("early phase 1", "phase 1", "phase 1/phase 2", "phase 2", "phase 2/phase 3", "phase 3", "phase 4")
CHAPTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ICD = re.compile(r"\b([A-Za-z])\d\d")


@dataclass(frozen=True)
class Words:
    """A text's words and pairs of words with their weights (inverse document frequency)."""

    fields: tuple[str, ...]
    terms: tuple[str, ...]
    idf: Matrix

    def __call__(self, trials: Sequence[Trial]) -> csr_matrix:
        """Rows of unit length, of shape (trials, terms)."""
        found: csr_matrix = self._vectorizer().transform(_texts(trials, self.fields))
        return found

    def _vectorizer(self) -> TfidfVectorizer:
        from sklearn.feature_extraction.text import TfidfVectorizer

        made = _plain_vectorizer(vocabulary={term: at for at, term in enumerate(self.terms)})
        assert isinstance(made, TfidfVectorizer)
        made.idf_ = self.idf
        return made

    def commonest(self, number: int) -> npt.NDArray[np.intp]:
        """Places of the single words with the lowest weights, which most trials have."""
        single = np.array([at for at, term in enumerate(self.terms) if " " not in term], dtype=np.intp)
        return single[np.argsort(self.idf[single], kind="stable")[:number]]


def learn_words(trials: Sequence[Trial], fields: Sequence[str]) -> Words | None:
    """The words of these trials' texts; None where the fields are not asked for or hold no word often enough."""
    if not fields:
        return None
    made = _plain_vectorizer(min_df=FEWEST_TRIALS, max_features=MOST_WORDS)
    try:
        made.fit(_texts(trials, fields))
    except ValueError:  # sklearn's word for "no term is left"
        return None
    return Words(tuple(fields), tuple(str(term) for term in made.get_feature_names_out()), np.asarray(made.idf_))


def _plain_vectorizer(**how: Any) -> TfidfVectorizer:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, ngram_range=(1, 2), token_pattern=WORD, **how)


def _texts(trials: Sequence[Trial], fields: Sequence[str]) -> list[str]:
    return [" . ".join(trial.values.get(name, "") for name in fields) for trial in trials]


def counted(trials: Sequence[Trial], fields: Sequence[str]) -> Matrix:
    """Phase, ICD-10 chapters, numbers and lengths, of shape (trials, `len(counted_names(fields))`)."""
    return np.array([_counted(trial.values, fields) for trial in trials]).reshape(len(trials), -1)


def counted_names(fields: Sequence[str]) -> tuple[str, ...]:
    phases = [f"phase:{name}" for name in PHASES] if "phase" in fields else []
    codes = [f"icd:{letter}" for letter in CHAPTERS] if "icdcodes" in fields else []
    lists = [f"number:{name}" for name in ("diseases", "drugs") if name in fields]
    lengths = [f"length:{name}" for name in ("title", "criteria") if name in fields]
    return (*phases, *codes, *lists, *lengths)


def _counted(values: Mapping[str, str], fields: Sequence[str]) -> list[float]:
    found: list[float] = []
    if "phase" in fields:
        phase = " ".join(values.get("phase", "").split())
        found += [float(phase == name) for name in PHASES]
    if "icdcodes" in fields:
        chapters = {letter.upper() for letter in _ICD.findall(values.get("icdcodes", ""))}
        found += [float(letter in chapters) for letter in CHAPTERS]
    found += [np.log1p(_listed(values.get(name, ""))) for name in ("diseases", "drugs") if name in fields]
    found += [np.log1p(len(values.get(name, ""))) for name in ("title", "criteria") if name in fields]
    return found


def _listed(text: str) -> int:
    """How many names a list written as text (`['a', 'b']`) holds."""
    return len([part for part in text.strip("[]").split("', '") if part.strip(" '\"")])
