"""What a mechanism's words say that a drug acts on: `Bruton's tyrosine kinase (BTK) inhibitor` is of BTK."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from onepill.registries.entities.text import fold

_ROLE = (
    r"inhibitor|antagonist|agonist|blocker|degrader|activator|opener|potentiator|stimulator|silencer|"
    r"(?:positive |negative )?allosteric modulator|modulator|analog(?:ue)?|alkylating agent|intercalating agent"
)
_PHRASE = re.compile(rf"^(?P<what>.+?)[ -]+(?:(?:inverse|partial|full)[ -])?(?:{_ROLE})s?$")
_ANTIBODY = re.compile(r"^(?P<before>.*?)\banti-?(?P<what>\S.*?) (?:monoclonal )?(?:antibody|antibodies|mab)$")
_BRACKETS = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")
_LATER_KINASE = re.compile(r"(?: (?:protein|tyrosine|serine[-/]threonine|serine/threonine))* kinase(?: receptor)?$")
_STATED = rf"(?:{_ROLE}|antibody|mab)"
_WORD = r"(?:[\w/+']+[ -])"
"""A word holds no hyphen, so that a text can be cut in one way only and no long one takes for ever."""
_NAMED = r"(?:\s?[(\[][^()\[\]]{1,40}[)\]]){0,2}"


@dataclass(frozen=True)
class Stated:
    """What a text says of a drug: the phrase, what is acted on, and `antibody` where it says that it is one."""

    phrase: str
    targets: tuple[str, ...]
    modality: str = ""


def acted_on(mechanism: str) -> tuple[str, ...]:
    """The targets that a mechanism names: gene symbols, or a family or protein in the mechanism's own words.

    The whole of what stands before `inhibitor` and the like must be a listed name, but for words such as `selective`:
    an epithelial sodium channel is no sodium channel. `kinase inhibitor` and `angiogenesis inhibitor` tell nothing.
    """
    folded = fold(mechanism)
    match = _PHRASE.match(" ".join(_BRACKETS.sub("", folded).split()))
    if match is None:
        return ()
    for name in (*_BRACKETS.findall(folded), match["what"]):
        if targets := _named(name):
            return targets
    return ()


def stated_of(text: str, name: str) -> tuple[Stated, ...]:
    """What a text says that a drug is, right beside its name: `X, a PARP inhibitor`, `the AKT inhibitor X`.

    Args:
        text: a title or a summary.
        name: the drug's name as the record lists it.
    """
    own, folded = re.escape(fold(name)), fold(text)
    if len(fold(name)) < 4 or not own:
        return ()
    after = re.compile(
        rf"(?<![\w-]){own}{_NAMED}(?:, (?:an?|the) | is an? |\s?[(\[](?:an? )?)(?P<phrase>{_WORD}{{0,12}}?{_STATED})\b"
    )
    before = re.compile(rf"(?P<phrase>{_WORD}{{1,12}}{_STATED})(?: |, | \(){own}(?![\w-])")
    found = [_stated(match["phrase"]) for match in after.finditer(folded)]
    found += [_stated(match["phrase"], from_sentence=True) for match in before.finditer(folded)]
    return tuple(dict.fromkeys(one for one in found if one.targets))


def _stated(phrase: str, *, from_sentence: bool = False) -> Stated:
    """What a phrase says; of a phrase cut out of a sentence only what follows its last article or preposition."""
    words = re.split(r"(?:^|.* )(?:an?|the|of|with|by|using|to|for|plus) ", phrase)[-1] if from_sentence else phrase
    antibody = _ANTIBODY.match(words)
    if antibody is not None:
        targets = _named(antibody["what"]) if not _unlisted(antibody["before"]) else ()
        return Stated(words, targets, "antibody")
    return Stated(words, acted_on(words))


def _named(what: str) -> tuple[str, ...]:
    """The target of a name, tried as it is, without the words before it that change nothing, and without `kinase`."""
    for name in _plainer(what.strip(" -,")):
        if targets := _names().get(_key(name)):
            return targets
    return ()


def _plainer(what: str) -> Iterator[str]:
    yield what
    words = what.split()
    while words and words[0] in _adjectives():
        words = words[1:]
        yield " ".join(words)
    bare = " ".join(words)
    yield _LATER_KINASE.sub("", bare)
    yield bare.removesuffix(" receptor")


def _unlisted(words: str) -> list[str]:
    return [word for word in words.split() if word not in _adjectives()]


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9/]", "", fold(name))


@cache
def _names() -> dict[str, tuple[str, ...]]:
    """Targets by the key of each name; the everyday names of genes are among them."""
    from onepill.registries.entities.targets import everyday_names

    found: dict[str, tuple[str, ...]] = {_key(name): (symbol,) for name, symbol in everyday_names()}
    found |= {_key(word): (word,) for word in _document()["as_they_stand"]}
    for targets, names in _document()["genes"].items():
        found |= {_key(name): tuple(targets.split(";")) for name in (*names, targets)}
    return found


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(_document()["adjectives"].split())


@cache
def _document() -> dict[str, Any]:
    text = files("onepill.registries.entities").joinpath("data", "acted_on.json").read_text(encoding="utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
