"""Measures name linking at registry size.

    python bench/entities.py [NAMES]

Makes NAMES (default 500,000) drug-like names by chance from syllables and INN stems, indexes them, and links as many
texts: a third as they are, a third in register dress (dose, form, salt), a third with one letter changed. Prints
seconds of processor time (other work on the machine does not count), texts a second and the share of changed names
that came back to their own drug.
"""

from __future__ import annotations

import random
import resource
import sys
import time

from onepill.registries.entities import Alias, DrugBook, DrugLinker

SYLLABLES = (
    "ba", "be", "bi", "bo", "ca", "ce", "cli", "co", "da", "de", "di", "dra", "fa", "fe", "fi", "ga", "ge", "gli",
    "ka", "le", "li", "lo", "ma", "me", "mi", "na", "ne", "ni", "no", "pa", "pe", "pi", "ra", "re", "ri", "ro",
    "sa", "se", "si", "ta", "te", "ti", "to", "va", "ve", "vi", "zo", "zu",
)  # fmt: skip
STEMS = (
    "tinib", "metinib", "mab", "gliptin", "sartan", "statin", "vir", "ciclib", "parib", "xaban", "leucel", "tide",
    "siran",
)  # fmt: skip
DRESS = ("{} 50 mg tablets", "{} hydrochloride", "Oral {} capsule", "{} (150 mg/m2)", "Injection of {}")
NAMES = 500_000


def main(arguments: list[str]) -> int:
    size = int(arguments[0]) if arguments else NAMES
    chance = random.Random(20261122)  # noqa: S311 (made names, no secret)
    names = made_names(size, chance)
    texts = made_texts(names, chance)
    start = time.process_time()
    linker = DrugLinker(DrugBook(Alias(name, name, "name", "made", str(n)) for n, name in enumerate(names)))
    linker.link("warming up the index xx")
    built = time.process_time()
    linker.link("zzzzzzzzzzzzz")
    linked = linker.link_all(text for text, _, _ in texts)
    done = time.process_time()
    changed = [(text, name) for text, name, kind in texts if kind == "changed"]
    back = sum(any(link.name == name for link in linked[text]) for text, name in changed)
    print(f"{size:,} names indexed in {built - start:.1f} s; {len(texts):,} texts linked in {done - built:.1f} s")
    print(f"{len(texts) / (done - built):,.0f} texts a second; changed names found again {back / len(changed):.1%}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB")
    return 0


def made_names(size: int, chance: random.Random) -> list[str]:
    """Different names of two to four syllables and a stem."""
    found: set[str] = set()
    while len(found) < size:
        found.add("".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))) + chance.choice(STEMS))
    return sorted(found)


def made_texts(names: list[str], chance: random.Random) -> list[tuple[str, str, str]]:
    """Text, the name it was made from, and how."""
    texts = []
    for n, name in enumerate(names):
        if n % 3 == 0:
            texts.append((name, name, "as it is"))
        elif n % 3 == 1:
            texts.append((chance.choice(DRESS).format(name.capitalize()), name, "dressed"))
        else:
            place = chance.randrange(1, len(name))
            texts.append((name[:place] + chance.choice("aeioulrst") + name[place + 1 :], name, "changed"))
    return texts


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
