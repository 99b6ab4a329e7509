"""pharma-space: a knowledge graph of drugs, targets, indications and companies, compiled by language models."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from onepill.core.errors import InputError
from onepill.registries.extras import need
from onepill.registries.opening import Member
from onepill.registries.sink import Kept, Refused, Sink

Thing = dict[str, Any]
STAGES = {"marketed": "APPROVAL", "legacy": "APPROVAL", "pipeline": "UNKNOWN", "failed": "UNKNOWN"}
"""The source tells no phase of what is in development: `pipeline` may be any stage."""


@dataclass(frozen=True)
class JsonLines:
    """One JSON object a line, told by keys that the first line has."""

    name: str
    keys: tuple[str, ...]
    read: Callable[[Thing, Sink], Kept]
    unique: bool = False
    rank: int = 0
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        first = _json(head.split(b"\n", 1)[0])
        return isinstance(first, dict) and all(key in first for key in self.keys)

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        for number, line in enumerate(iter(lambda: member.stream.readline(8 * 1024**2), b""), 1):
            if line.isspace():
                continue
            thing = _json(line)
            if isinstance(thing, dict):
                sink.take(thing, number, self.read, unique=self.unique)
            else:
                text = line[:400].decode("utf-8", errors="replace")
                sink.refuse(text, number, Refused("invalid_json", "not a JSON object"))
            yield


@dataclass(frozen=True)
class Concepts:
    """`indications.json`: exact indication concepts with their aliases."""

    name: str = "pharma_space_indications"
    rank: int = 1
    needs: str = ""

    def fits(self, head: bytes) -> bool:
        return head.lstrip()[:1] == b"{" and b'"concepts"' in head[:2048]

    def parse(self, member: Member, sink: Sink) -> Iterator[None]:
        document = _json(member.read())
        if not isinstance(document, dict) or not isinstance(document.get("concepts"), dict):
            message, hint = f"{member.name}: invalid JSON, or no `concepts`", "fetch it again"
            raise InputError.single("registry.json", message, hint=hint, path=member.name)
        for number, item in enumerate(document["concepts"].items(), 1):
            sink.take(item, number, _read_concept)
            yield


def _json(data: bytes) -> Any:
    orjson = need("orjson")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return None


def _name(thing: Thing, key: str) -> str:
    """What names a node.

    Raises:
        Refused: it is no text, or blank.
    """
    name = thing[key]
    if not isinstance(name, str) or not name.strip():
        raise Refused("bad_id", f"`{key}` is {name!r}, which names nothing")
    return name


def _names(thing: Thing, key: str) -> list[str]:
    """Further names; none where the key is absent or null.

    Raises:
        TypeError: it is no list of texts.
    """
    names = thing.get(key) or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError(f"`{key}` is no list of names")
    return names


def read_node(node: Thing, sink: Sink) -> Kept:
    """A node: a molecule is a drug; anything else a term of the graph's own vocabulary."""
    name, kind = _name(node, "id"), _name(node, "kind")
    if kind != "molecule":
        sink.put("vocabulary", f"{kind}:{name}", 0, {"vocabulary": "pharma_space", "kind": kind, "term": name})
        return Kept(f"{kind}:{name}", kind)
    phase = node.get("phase")
    values = {
        "drug_name": name,
        "modality": node.get("modality"),
        "stage": STAGES.get(phase or "", "UNKNOWN"),
        "stage_raw": phase,
        "drug_class": node.get("class"),
    }
    sink.put("drug", name, 0, values)
    others = [brand for brand in _names(node, "brands") if brand.lower() != name.lower()]
    for place, brand in enumerate(others):
        sink.put("alias", name, place, {"drug_name": name, "alias": brand, "alias_kind": "brand"})
    return Kept(name, phase)


def read_edge(edge: Thing, sink: Sink) -> Kept:
    """An edge: `acts_on` is a target, every other kind a relation. `etype` tells facts from what was derived."""
    subject, relation, other = _name(edge, "src"), _name(edge, "rel"), _name(edge, "dst")
    evidence = edge.get("evidence")
    words = "; ".join(evidence) if isinstance(evidence, list) else evidence
    if relation == "acts_on":
        sink.add("target", subject, drug_name=subject, target=other, action=edge.get("action"), evidence=words)
    else:
        sink.add(
            "relation", subject, subject=subject, relation=relation, object=other, stage=edge.get("phase"),
            year=edge.get("year"), failure_mode=edge.get("mode"), failure_scope=edge.get("scope"),
            failed_in=edge.get("failed_indication"), is_derived=edge.get("etype") != "fact",
            evidence=words or edge.get("source"),
        )  # fmt: skip
    return Kept(subject, None)


def _read_concept(item: tuple[str, Thing], sink: Sink) -> Kept:
    name, concept = item
    if not name.strip():
        raise Refused("bad_id", "a concept without a name")
    record_id = f"concept:{name}"
    values = {"kind": "concept", "term": name, "parent_id": concept.get("parent"), "note": concept.get("area")}
    sink.put("vocabulary", record_id, 0, {"vocabulary": "pharma_space", **values})
    for place, alias in enumerate(_names(concept, "aliases")):
        sink.put("alias", record_id, place, {"drug_name": name, "alias": alias, "alias_kind": "synonym"})
    return Kept(record_id)


NODES = JsonLines("pharma_space_nodes", ("id", "kind"), read_node, unique=True)
EDGES = JsonLines("pharma_space_edges", ("src", "rel", "dst", "etype"), read_edge, rank=1, needs="pharma_space_nodes")
CONCEPTS = Concepts()
