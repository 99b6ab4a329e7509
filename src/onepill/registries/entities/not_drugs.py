"""What a list of interventions holds that is no drug: placebo, fluids, care, procedures, diets, devices, tests."""

from __future__ import annotations

import re
from functools import lru_cache

from onepill.registries.entities.drug_names import code_key
from onepill.registries.entities.text import fold

_PATTERNS: tuple[tuple[str, str], ...] = (
    ("placebo", r"^(?:(?! (?:and|or|plus|with) )[^+;&])*\bplac[ae]bo\w*|\bdummy\b|\bsham\b|\bsugar pills?\b|"
                r"安慰剂|模拟剂"),
    ("fluid", r"\bsaline\b|\bringer'?s?\b|^(?:sterile |distilled )?water(?: for injections?)?$|\bsodium chloride 0\.9|"
              r"\bcrystalloids?\b|\bdextrose 5|^normasol|生理盐水|注射用水|^(?:0\.9%)?氯化钠注射液"),
    ("care", r"\b(?:usual|standard|routine|supportive|conventional|best available|palliative)(?: \w+){0,2} "
             r"(?:care|treatment|therapy|management)\b|^soc$|\bchoice of soc\b|\bstandard of care\b|\bwatchful waiting|"
             r"\bno (?:treatment|intervention|drug)|\bconservative treatment|\bobservation(?:al)?\b(?! drug)|"
             r"标准治疗|支持治疗|常规治疗|空白对照"),
    ("radiation", r"\b(?:chemo)?radiation\b|\bradiotherapy\b|\bradiosurgery\b|\bbrachytherapy\b|\bsbrt\b|"
                  r"\birradiation\b|\bimrt\b|放疗|放射治疗"),
    ("procedure", r"\bsurg(?:ery|ical|eries)\b|\w{3,}(?:ectomy|plasty|otomy|oscopy|ostomy|centesis|graphy)\b|"
                  r"\bablation\b|"
                  r"\bbiops(?:y|ies)\b|\bblood sampling|\bsampling\b|\bhemodialysis\b|\bdialysis\b|\bacupuncture\b|"
                  r"\bresection\b|\btransplant(?:ation)?\b|\btransfusion\b|\bablative\b|\bventilation\b|"
                  r"\bphysiotherapy\b|"
                  r"\bgeneral anesthesia$|\blaser\b|\bmassage\b|手术|针刺|移植术"),
    ("diet", r"\bdiet(?:s|ary)?\b|\bsupplement(?:s|ation)?\b(?! of)|\bmeals?\b|\bnutrition(?:al)?\b|\bfasting\b|"
             r"\bfeeding\b|"
             r"\bbreakfast\b|\bjuice\b|饮食|膳食"),
    ("behaviour", r"\b(?:exercises?|training|counsel\w*|education\w*|coaching|rehabilitation|yoga|mindfulness|"
                  r"psychotherapy|cognitive[ -]behaviou?ral|questionnaires?|interviews?|surveys?|head position)\b|"
                  r"教育|训练"),
    ("device", r"(?<!proton )\b(?:device|catheter|stents?|pump|pillbox|container|needle|mask|laser|bandage|"
               r"dressing|balloon|monitor|"
               r"app|system|pacemaker|valve|sealer|lens|lenses)\b|支架|导管|器械"),
    ("test", r"^(?:ekg|ecg|mri|eeg|pet|ct)\b(?! \w*(?:cin|ide))|\b(?:imaging|scan|scans|ultrasound|tomography|biomarker"
             r"(?: analysis)?|laboratory|assessment|pharmacokinetics?|pharmacological study|genetic testing|"
             r"quality[- ]of[- ]life)\b|检查|检测"),
)  # fmt: skip
_COMPILED = tuple((reason, re.compile(pattern)) for reason, pattern in _PATTERNS)


@lru_cache(maxsize=1 << 16)
def not_a_drug(text: str) -> str | None:
    """Why the text names no drug: placebo, fluid, care, radiation, procedure, diet, behaviour, device, test; or None.

    A placebo of a named drug is a placebo. A drug that is named beside a procedure is found when the parts of a
    combination are asked one by one.
    """
    folded = fold(text)
    if code_key(text):
        return None
    return next((reason for reason, pattern in _COMPILED if pattern.search(folded)), None)
