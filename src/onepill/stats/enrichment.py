"""Whom should a trial enrol where a marker tells who benefits, and the assay of the marker errs?

Three designs with the same error and power: everybody (all comers), those with a positive assay (targeted), and
everybody first, then at an interim look either everybody or those with a positive assay alone (adaptive). Sizes follow
Simon R, Maitournam A (2004), Clinical Cancer Research 10:6759-6763 and Maitournam A, Simon R (2005), Statistics in
Medicine 24:329-339: the effect of a population is the mean of its marker-positive and marker-negative patients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr, ndtr, ndtri, ndtri_exp

from onepill.stats.roots import rising_root

Floats = npt.NDArray[np.float64]
_REACH = 8.0
_PANELS, _NODES = 16, 6
"""The interim look is integrated over panels of at most a standard deviation; chances agree to 1e-5 with finer ones."""
_MOST_PATIENTS = 1e9


@dataclass(frozen=True)
class Assay:
    """Who is marker positive, and how well the assay tells: shares above 0 up to 1; `sensitivity` above 0."""

    prevalence: float
    sensitivity: float = 1.0
    specificity: float = 1.0

    @property
    def positive_share(self) -> float:
        """Patients whose assay is positive."""
        return self.prevalence * self.sensitivity + (1 - self.prevalence) * (1 - self.specificity)

    @property
    def predictive_value(self) -> float:
        """Marker-positive patients among those with a positive assay."""
        return self.prevalence * self.sensitivity / self.positive_share

    @property
    def missed_share(self) -> float:
        """Marker-positive patients among those with a negative assay; 0 where there are none."""
        negative = 1 - self.positive_share
        return self.prevalence * (1 - self.sensitivity) / negative if negative > 1e-12 else 0.0


@dataclass(frozen=True)
class MeanOutcome:
    """Benefit in means of marker-positive and marker-negative patients, and the standard deviation in each arm."""

    positive: float
    negative: float
    sd: float

    def effect(self, share: float) -> float:
        return share * self.positive + (1 - share) * self.negative

    def needed(self, share: float, *, alpha: float, power: float, ratio: float) -> float:
        """Patients in all for a z test: (z_alpha + z_beta)^2 sd^2 (1 + ratio)^2 / (ratio effect^2)."""
        per_effect = (_z_sum(alpha, power) * self.sd) ** 2 * (1 + ratio) ** 2 / ratio
        return _over_square(per_effect, self.effect(share))


@dataclass(frozen=True)
class RateOutcome:
    """Response rates of the controls, and of treated marker-positive and marker-negative patients; more is better."""

    control: float
    positive_treated: float
    negative_treated: float

    def effect(self, share: float) -> float:
        return share * self.positive_treated + (1 - share) * self.negative_treated - self.control

    def needed(self, share: float, *, alpha: float, power: float, ratio: float) -> float:
        """Patients in all: pooled variance under no difference, own variances under the alternative."""
        treated = self.effect(share) + self.control
        pooled = (ratio * treated + self.control) / (1 + ratio)
        under_null = math.sqrt(pooled * (1 - pooled) * (1 + ratio) ** 2 / ratio)
        own = math.sqrt((treated * (1 - treated) / ratio + self.control * (1 - self.control)) * (1 + ratio))
        root = float(-ndtri(alpha)) * under_null + float(ndtri(power)) * own
        return _over_square(root**2, self.effect(share))


@dataclass(frozen=True)
class EventOutcome:
    """Hazard ratios of marker-positive and marker-negative patients, and the share of patients with an event."""

    positive_ratio: float
    negative_ratio: float
    event_prob: float

    def effect(self, share: float) -> float:
        """Minus the mean logarithm of the hazard ratio: the average hazard ratio of a log-rank test, near no effect."""
        return -(share * math.log(self.positive_ratio) + (1 - share) * math.log(self.negative_ratio))

    def needed(self, share: float, *, alpha: float, power: float, ratio: float) -> float:
        """Patients in all: Schoenfeld's events over the share of patients who have one."""
        per_effect = _z_sum(alpha, power) ** 2 * (1 + ratio) ** 2 / ratio / self.event_prob
        return _over_square(per_effect, self.effect(share))


Outcome = MeanOutcome | RateOutcome | EventOutcome


@dataclass(frozen=True)
class Terms:
    """One-sided error, power, treated patients for each control; the adaptive design's interim look and rule.

    At `interim_share` of the patients the trial goes on with positive assays alone if the z statistic of those with a
    negative assay is below `enrich_below`.
    """

    alpha: float = 0.025
    power: float = 0.9
    ratio: float = 1.0
    interim_share: float = 0.5
    enrich_below: float = 0.0


@dataclass(frozen=True)
class Needed:
    """What a design needs: patients randomised (at most, and expected), assayed, and screened to find them.

    `screened` are the patients who present themselves; `assayed` those of them whose marker is measured.
    """

    randomised: float
    screened: float
    assayed: float
    enrich_prob: float | None = None


def all_comers(outcome: Outcome, assay: Assay, terms: Terms) -> Needed | None:
    """Everybody is randomised and nobody assayed; none where the mean effect is no benefit."""
    patients = _needed(outcome, assay.prevalence, terms)
    return None if patients is None else Needed(patients, patients, 0.0)


def targeted(outcome: Outcome, assay: Assay, terms: Terms) -> Needed | None:
    """Those with a positive assay are randomised; none where their mean effect is no benefit."""
    patients = _needed(outcome, assay.predictive_value, terms)
    if patients is None:
        return None
    screened = patients / assay.positive_share
    return Needed(patients, screened, screened)


def adaptive(outcome: Outcome, assay: Assay, terms: Terms) -> Needed | None:
    """Everybody until the interim look, then everybody or positive assays; none where no number has the power.

    Power is the chance to reject either hypothesis, no effect in everybody or none in positive assays.
    """
    best = _needed(outcome, assay.predictive_value, terms) or _needed(outcome, assay.prevalence, terms)
    if best is None:
        return None

    def margin(log_patients: float) -> float:
        found = operating(outcome, assay, terms, math.exp(log_patients))
        return float(ndtri(min(found.success_prob, 1 - 1e-16)) - ndtri(terms.power))

    start, most = math.log(best), math.log(_MOST_PATIENTS)
    log_patients = rising_root(margin, start + 0.3, start + 0.5, least=start - 3, most=most)
    if log_patients >= most - 1e-6:
        return None
    patients = math.exp(log_patients)
    enrich = operating(outcome, assay, terms, patients).enrich_prob
    first, second = patients * terms.interim_share, patients * (1 - terms.interim_share)
    later = second * enrich / assay.positive_share
    return Needed(patients, first + second * (1 - enrich) + later, first + later, enrich)


@dataclass(frozen=True)
class Operating:
    """Chances of the adaptive design: to enrich, to succeed at all, in everybody, and in positive assays."""

    enrich_prob: float
    everybody_prob: float
    positive_prob: float

    @property
    def success_prob(self) -> float:
        return self.everybody_prob + self.positive_prob


def operating(outcome: Outcome, assay: Assay, terms: Terms, patients: float) -> Operating:
    """The adaptive design's chances with so many patients, under the outcome's effects."""
    drifts = [
        _drift(outcome, share, terms) * math.sqrt(patients)
        for share in (assay.predictive_value, assay.missed_share, assay.prevalence)
    ]
    return adaptive_chances(
        drifts[0],
        drifts[1],
        drifts[2],
        positive_share=assay.positive_share,
        alpha=terms.alpha,
        interim_share=terms.interim_share,
        enrich_below=terms.enrich_below,
    )


def adaptive_chances(
    positive_drift: float,
    negative_drift: float,
    whole_drift: float,
    *,
    positive_share: float,
    alpha: float,
    interim_share: float,
    enrich_below: float,
) -> Operating:
    """Chances to reject in a two-stage design that may go on with positive assays alone.

    Stages are combined by the inverse normal rule with weights fixed in advance, and the two hypotheses tested by the
    closed procedure with Simes' test of their intersection at the first stage: the error of rejecting any true one is
    at most `alpha` whatever the rule of choice (Bauer P, Koehne K 1994, Biometrics 50:1029-1041; Brannath W and others
    2009, Statistics in Medicine 28:1445-1463). At the second stage only the population that goes on is tested.

    Args:
        positive_drift: expected z of all the trial's patients if every one had a positive assay.
        negative_drift: the same if every one had a negative assay.
        whole_drift: the same for everybody.
        positive_share: share of patients with a positive assay, above 0 up to 1.
        alpha: one-sided error over both hypotheses.
        interim_share: share of the patients before the look, between 0 and 1.
        enrich_below: go on with positive assays alone where the z of negative assays is below this.
    """
    share, critical = positive_share, float(-ndtri(alpha))
    root_1, root_2 = math.sqrt(interim_share), math.sqrt(1 - interim_share)
    if share > 1 - 1e-9:  # everybody has a positive assay: there is nothing to choose
        return Operating(0.0, float(ndtr(whole_drift - critical)), 0.0)
    mean_pos = positive_drift * root_1 * math.sqrt(share)
    mean_neg = negative_drift * root_1 * math.sqrt(1 - share)
    u, weights_u = _normal_rule()
    z_pos = mean_pos + u
    # The whole's z is the weighted sum of its parts, moved so that its mean is that of the outcome's own variance.
    shift = whole_drift * root_1 - math.sqrt(share) * mean_pos - math.sqrt(1 - share) * mean_neg
    chances = []
    for enriches in (True, False):
        v, weights_v = _half_rule(enrich_below - mean_neg, below=enriches)
        z_neg = mean_neg + v
        z_all = math.sqrt(share) * z_pos[:, None] + math.sqrt(1 - share) * z_neg[None, :] + shift
        z_own = z_pos[:, None] + 0 * z_all if enriches else z_all
        first = np.minimum(z_own, _simes_z(z_pos[:, None] + 0 * z_all, z_all))
        drift = positive_drift if enriches else whole_drift
        success = ndtr(drift * root_2 - (critical - root_1 * first) / root_2)
        chances.append(float(weights_u @ success @ weights_v))
    return Operating(float(ndtr(enrich_below - mean_neg)), chances[1], chances[0])


def at_prevalence(assay: Assay, prevalence: float) -> Assay:
    return replace(assay, prevalence=prevalence)


def _simes_z(first: Floats, second: Floats) -> Floats:
    """The z of Simes' test of two one-sided z statistics: the better of the larger p and twice the smaller one."""
    doubled = np.minimum(math.log(2) + log_ndtr(-np.maximum(first, second)), 0.0)
    # A doubled p of 1 would be minus infinity; the larger p is then the smaller of the two anyway.
    return np.maximum(np.minimum(first, second), -ndtri_exp(np.minimum(doubled, -1e-16)))


@cache
def _normal_rule() -> tuple[Floats, Floats]:
    """Gauss-Legendre places and weights of the standard normal distribution."""
    return _panels(-_REACH, _REACH)


def _half_rule(cut: float, *, below: bool) -> tuple[Floats, Floats]:
    """The same on one side of a cut: the rule of choice jumps there."""
    cut = min(max(cut, -_REACH), _REACH)
    return _panels(-_REACH, cut) if below else _panels(cut, _REACH)


def _panels(low: float, high: float) -> tuple[Floats, Floats]:
    places, weights = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(low, high, _PANELS + 1)
    half = (high - low) / _PANELS / 2
    x = (edges[:-1, None] + half * (1 + places)).ravel()
    return x, np.tile(weights * half, _PANELS) * np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)


def _needed(outcome: Outcome, share: float, terms: Terms) -> float | None:
    if not outcome.effect(share) > 0:
        return None
    patients = outcome.needed(share, alpha=terms.alpha, power=terms.power, ratio=terms.ratio)
    return patients if patients < _MOST_PATIENTS else None


def _drift(outcome: Outcome, share: float, terms: Terms) -> float:
    """Expected z of one patient, such that the patients needed have just the power."""
    patients = outcome.needed(share, alpha=terms.alpha, power=terms.power, ratio=terms.ratio)
    return math.copysign(_z_sum(terms.alpha, terms.power) / math.sqrt(patients), outcome.effect(share))


def _over_square(amount: float, effect: float) -> float:
    return math.inf if effect == 0 else amount / effect**2


def _z_sum(alpha: float, power: float) -> float:
    return float(ndtri(power) - ndtri(alpha))
