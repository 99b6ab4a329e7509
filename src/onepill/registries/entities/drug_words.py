"""Words around a drug's name that are not the name: salts, dose forms, routes, doses, in English and Chinese."""

from __future__ import annotations

import re

from onepill.registries.entities.words import word_list, word_set

SALTS = word_set("salts")
"""Names of salts, hydrates and esters. Ions alone, such as magnesium sulfate, are drugs: see `ION_DRUGS`."""
ION_DRUGS = word_set("ion_drugs")
"""First words whose salt is the drug itself: the salt stays."""
SOLVATE = re.compile(
    rf"(?<=\S) (?:{'|'.join(word.replace('_', ' ') for word in word_list('solvates'))})"
    r"(?: (?:mono|hemi|sesqui)?solvate)?(?= |$)"
)
"""A solvent or co-crystal former behind a drug's name; alone it is a drug itself (dimethyl sulfoxide)."""
FORMS = word_set("forms")
"""Words of dose form, route, release, dosing and trial jargon."""
ZH_SALTS = word_list("chinese_salts")
ZH_SALT_TAILS = word_list("chinese_salt_tails")
ZH_FORMS = word_list("chinese_forms")
ZH_HEADS = word_list("chinese_heads")

DOSE = re.compile(
    r"(?<![a-z0-9-])\d[\d.,]*(?:\s*(?:-|to|or|and|/)\s*\d[\d.,]*)*\s*"
    r"(?:%|mg|mcg|g|kg|ml|l|iu|u|units?|ui|miu|mmol|mcmol|nmol|mci|mbq|gbq|gy|ppm|"
    r"hours?|hrs?|h|weeks?|wks?|months?|minutes?|mins?|x)(?![a-z])"
    r"(?:\s*/\s*(?:\d[\d.,]*\s*)?(?:kg|m2|ml|l|h|hr|day|dose|capsule|tablet|actuation|week|mg|min|vial)(?![a-z]))*"
)
PERCENT = re.compile(r"(?<![a-z0-9])\d[\d.,]*\s*%")
BARE_NUMBER = re.compile(r"(?<![\w-])\d[\d.,]*(?![\w%-])")
BIOSIMILAR = re.compile(r"\b([a-z]*(?:mab|cept|stim|ase|insulin|lispro|aspart|glargine|poetin|kinra))-[a-z]{4}\b")
"""Four letters without meaning after a biologic's name: FDA, Nonproprietary Naming of Biological Products (2017)."""
