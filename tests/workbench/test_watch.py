"""Watches and what changed in them, over generations of a small warehouse whose every change is known by hand."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onepill.core.errors import InputError
from onepill.workbench.operations import operation
from tests.cli.asking import Ask, asker
from tests.workbench.landscape_warehouse import CHINESE, JAPANESE, TRIALS, Trial, load_approvals
from tests.workbench.watched_warehouse import (
    SECOND_FILE,
    SPRING,
    SUMMER,
    WINTER,
    first_generation,
    load_studies,
    second_generation,
    study,
    third_generation,
)

Row = dict[str, Any]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ONEPILL_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ONEPILL_DATABASE", raising=False)
    return tmp_path / "home"


@pytest.fixture
def ask(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ask:
    monkeypatch.delenv("ONEPILL_DEBUG", raising=False)
    return asker(monkeypatch, capsys)


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The warehouse after its first, second and third generation."""
    made = [first_generation(tmp_path_factory.mktemp("first") / "warehouse")]
    for grow in (second_generation, third_generation):
        made.append(grow(Path(shutil.copytree(made[-1], tmp_path_factory.mktemp("next") / "warehouse"))))
    return made


def python(command: str, **fields: Any) -> Row:
    found = operation(f"landscape {command}")
    answer: Row = found.ask(found.question.model_validate(fields))
    return answer


def diff(root: Path, since: str, on: str | None = None, **filters: Any) -> Row:
    python("watch save", name="w", warehouse=str(root), **filters)
    return python("diff", name="w", since=since, on=on)


def told(answer: Row, kind: str) -> dict[tuple[str, str], Row]:
    """The changes of a kind by trial or drug, and field."""
    rows = [row for row in answer["changes"] if row["kind"] == kind]
    return {(row["record"] if kind == "trial" else row["drugs"][0]["drug"], row["field"]): row for row in rows}


def shape(rows: dict[tuple[str, str], Row]) -> dict[tuple[str, str], tuple[Any, ...]]:
    keys = ("severity", "before", "after", "known_on")
    return {name: tuple(row[key] for key in keys) for name, row in rows.items()}


def test_what_two_copies_of_the_register_say_otherwise_by_severity(home: Path, roots: list[Path]) -> None:
    answer = diff(roots[1], SPRING, SUMMER)
    assert shape(told(answer, "trial")) == {
        ("ctgov:NCT00000003", "status"): ("critical", "RECRUITING", "TERMINATED", SUMMER),
        ("ctgov:NCT00000003", "why_stopped"): ("critical", None, "no money", SUMMER),
        ("ctgov:NCT00000002", "primary_endpoint"): ("critical", "overall survival", "response rate", SUMMER),
        ("ctgov:NCT00000005", "enrolment"): ("notable", 100, 30, SUMMER),
        ("ctgov:NCT00000005", "completion"): ("notable", "2024-01-01", "2024-02-15", SUMMER),
        ("ctgov:NCT00000006", "results_posted"): ("notable", None, "2021-05-05", "2021-05-05"),
        ("ctgov:NCT00000007", "new"): ("notable", None, "RECRUITING", "2021-04-01"),
        ("ctgov:NCT00000001", "enrolment"): ("minor", 100, 119, SUMMER),
        ("ctgov:NCT00000001", "title"): ("minor", "An invented study", "The invented study", SUMMER),
    }
    stop = told(answer, "trial")["ctgov:NCT00000003", "status"]
    assert (stop["posted_on"], stop["scheme"]) == ("2021-06-10", "published")
    assert stop["drugs"] == [{"drug": "dorametinib", "name": "dorametinib"}]
    assert stop["reason"]["en"] == "the trial was stopped, suspended or withdrawn"
    assert stop["source"]["id"] == "ctgov"
    assert answer["trial_copies"] == {
        "method": "snapshot",
        "trials": 7,
        "known_at_start": 6,
        "known_later": 1,
        "not_known": 0,
    }
    assert answer["findings"] == []


def test_reading_posted_results_too_hides_no_change(home: Path, tmp_path: Path, roots: list[Path]) -> None:
    """A copy read with results says in its other columns what one read without them says."""
    own = first_generation(tmp_path / "warehouse")
    load_studies(own, SECOND_FILE, SUMMER, results=True)
    rows = told(diff(own, SPRING, SUMMER), "trial")
    assert shape(rows) == shape(told(diff(roots[1], SPRING, SUMMER), "trial"))
    assert ("ctgov:NCT00000003", "why_stopped") in rows


def test_what_became_of_programmes_tags_and_approvals(home: Path, roots: list[Path]) -> None:
    rows = told(diff(roots[1], SPRING, SUMMER), "programme")
    assert shape(rows) == {
        ("brelumetinib", "stage"): ("critical", "phase_3", "approval", "2021-06-15"),
        ("brelumetinib", "tag"): ("notable", "first_in_class", "approved", "2021-06-15"),
        ("dorametinib", "tag"): ("notable", "fast_follower", "me_too", "2021-06-15"),
        ("zelumetinib", "new"): ("notable", None, "me_too", "2021-04-01"),
    }
    first = rows["brelumetinib", "stage"]
    assert (first["record"], first["reason"]["en"]) == ("fda_nme:NDA900002", "the class has its first approval")
    assert rows["zelumetinib", "new"]["record"] == "ctgov:NCT00000007"


def test_a_second_approval_is_told_although_the_stage_stays(home: Path, tmp_path: Path, roots: list[Path]) -> None:
    own = Path(shutil.copytree(roots[1], tmp_path / "warehouse"))
    load_approvals(own, [("NDA900003", "BRELUMETINIB", "20211001")], update=True)
    rows = told(diff(own, SUMMER, WINTER), "approval")
    assert shape(rows) == {("brelumetinib", "approval"): ("notable", None, "fda_nme:NDA900003", "2021-10-01")}
    assert told(diff(own, SPRING, SUMMER), "approval") == {}


def test_a_class_that_opens_with_a_drug_never_seen_before_is_critical(home: Path, tmp_path: Path) -> None:
    root = first_generation(tmp_path / "warehouse")
    load_approvals(root, [("NDA900004", "TILUMETINIB", "20210401")], update=True)
    rows = told(diff(root, SPRING, SUMMER, targets=["MEK"]), "programme")
    assert shape(rows) == {
        ("brelumetinib", "tag"): ("critical", "first_in_class", "me_too", "2021-04-01"),
        ("dorametinib", "tag"): ("notable", "fast_follower", "me_too", "2021-04-01"),
        ("tilumetinib", "new"): ("critical", None, "approved", "2021-04-01"),
    }
    assert rows["tilumetinib", "new"]["reason"]["en"].endswith("the first approval of its class")
    assert told(diff(root, SPRING, SUMMER), "approval") == {}


def test_the_gravest_come_first_and_the_counts_are_of_all(home: Path, roots: list[Path]) -> None:
    answer = diff(roots[1], SPRING, SUMMER)
    severities = [row["severity"] for row in answer["changes"]]
    assert severities == sorted(severities, key=["critical", "notable", "minor"].index)
    assert answer["counts"] == {"critical": 4, "notable": 7, "minor": 2}
    assert answer["shown"] == 13 == len(severities)
    short = python("diff", name="w", since=SPRING, on=SUMMER, limit=2)
    assert (short["shown"], short["counts"]) == (13, answer["counts"])
    assert short["changes"] == answer["changes"][:2]


def test_a_change_is_not_told_before_its_copy(home: Path, roots: list[Path]) -> None:
    """The stop was posted on 2021-06-10, but the first copy that says so is of the first of July."""
    rows = told(diff(roots[1], SPRING, "2021-06-30"), "trial")
    assert {field for _, field in rows} == {"new", "results_posted"}
    assert rows["ctgov:NCT00000007", "new"]["after"] is None


def test_what_came_on_the_first_day_itself_is_not_told_and_what_came_on_the_last_is(
    home: Path, roots: list[Path]
) -> None:
    def fields(since: str, on: str) -> set[str]:
        return {row["field"] for row in diff(roots[1], since, on)["changes"] if row["kind"] == "trial"}

    assert fields("2021-04-01", "2021-05-04") == set()
    assert fields("2021-03-31", "2021-04-01") == {"new"}
    assert fields("2021-05-04", "2021-05-05") == {"results_posted"}
    assert fields("2021-05-05", "2021-05-06") == set()


def test_the_filters_of_the_watch_choose_drugs_and_conditions(home: Path, roots: list[Path]) -> None:
    mek = diff(roots[1], SPRING, SUMMER, targets=["MEK"])
    assert {row["drugs"][0]["drug"] for row in mek["changes"]} == {"brelumetinib", "dorametinib", "zelumetinib"}
    diabetes = diff(roots[1], SPRING, SUMMER, indications=["mesh:D003924"])
    assert {row["record"] for row in diabetes["changes"]} == {"ctgov:NCT00000005"}
    assert diabetes["watch"]["filters"] == {"indications": ["mesh:D003924"]}


def test_a_stage_in_the_watched_condition_is_told_although_the_drug_was_further_elsewhere(
    home: Path, tmp_path: Path
) -> None:
    root = tmp_path / "warehouse"
    first_generation(root)
    later = [
        study(Trial(20, "2020-06-01", "PHASE1", ("norugliptin",))),
        study(Trial(21, "2021-05-01", "PHASE2", ("norugliptin",))),
    ]
    load_studies(root, later, SUMMER, update=True)
    rows = told(diff(root, "2020-12-31", SUMMER, indications=["Melanoma"]), "programme")
    assert shape(rows) == {("norugliptin", "stage_in_indication"): ("notable", "phase_1", "phase_2", "2021-05-01")}


def test_a_trial_that_a_later_whole_file_lacks_is_gone_from_that_day(home: Path, roots: list[Path]) -> None:
    """Of quilirasib's only trial no programme is left to place it in; that of a drug with others is told."""
    answer = diff(roots[2], SUMMER, WINTER)
    assert answer["changes"] == []
    own = shutil.copytree(roots[1], home.parent / "own")
    load_studies(own, [one for one in SECOND_FILE if one is not SECOND_FILE[0]], WINTER, allow_shrink=True)
    rows = told(diff(own, SUMMER, WINTER), "trial")
    assert shape(rows) == {("ctgov:NCT00000001", "gone"): ("minor", "RECRUITING", None, WINTER)}
    assert told(diff(own, SPRING, SUMMER), "trial") == told(diff(roots[1], SPRING, SUMMER), "trial")


def test_one_load_says_plainly_that_changes_before_it_cannot_be_seen(home: Path, roots: list[Path]) -> None:
    answer = diff(roots[0], "2018-01-01", SPRING)
    assert [row["code"] for row in answer["findings"]] == ["watch.one_load"]
    assert "loaded once only" in answer["findings"][0]["message"]
    assert {field for _, field in told(answer, "trial")} == {"new"}
    assert (answer["since_method"], answer["as_of_method"]) == ("reconstructed", "reconstructed")
    early = diff(roots[1], "2018-01-01", "2020-12-31")
    assert [row["code"] for row in early["findings"]] == ["watch.no_copy"]
    assert early["trial_copies"]["not_known"] == early["trial_copies"]["trials"] == 6
    late = diff(roots[1], "2018-01-01", SUMMER)
    assert [row["code"] for row in late["findings"]] == ["watch.late_copy"]
    assert "critical" in {row["severity"] for row in late["changes"] if row["kind"] == "trial"}


LATER = st.builds(
    Trial,
    number=st.integers(100, 110),
    posted=st.sampled_from(["2021-07-02", "2022-05-01"]),
    phase=st.sampled_from(["PHASE1", "PHASE3"]),
    drugs=st.sampled_from([("brelumetinib",), ("quilirasib", "dorametinib"), ("zelumetinib",)]),
    sponsor=st.sampled_from([CHINESE, JAPANESE]),
    condition=st.sampled_from(["Melanoma", "Neoplasms"]),
)
EDITS = st.lists(
    st.tuples(
        st.sampled_from(range(6)),
        st.sampled_from(["RECRUITING", "TERMINATED", "COMPLETED"]),
        st.sampled_from([100, 10]),
        st.sampled_from(["overall survival", "something else"]),
    ),
    unique_by=lambda edit: edit[0],
    max_size=4,
)


def without_the_load(answer: Row) -> Row:
    """The answer without what tells of the warehouse itself."""
    left = {key: value for key, value in answer.items() if key not in ("warehouse", "generation", "data")}
    return left | {"watch": left["watch"]["filters"]}


@given(trials=st.lists(LATER, min_size=1, max_size=4, unique_by=lambda trial: trial.number), edits=EDITS)
@settings(max_examples=2, deadline=None, derandomize=True)
def test_later_records_and_later_copies_change_no_past_diff(
    tmp_path_factory: pytest.TempPathFactory, roots: list[Path], trials: list[Trial], edits: list[Any]
) -> None:
    folder = tmp_path_factory.mktemp("later")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ONEPILL_HOME", str(folder))
        own = Path(shutil.copytree(roots[1], folder / "warehouse"))
        changed = [
            study(TRIALS[place], status=status, enrolment=enrolment, endpoint=endpoint, results="2021-08-08")
            for place, status, enrolment, endpoint in edits
        ]
        load_studies(own, [*changed, *(study(one) for one in trials)], "2022-06-01", update=True)
        load_approvals(own, [("NDA900009", "DORAMETINIB", "20220601")], update=True)
        for since in ("2019-12-31", SPRING):
            was, now = (without_the_load(diff(root, since, SUMMER, targets=["MEK"])) for root in (roots[1], own))
            assert now == was
        assert "approval" in {row["after"] for row in diff(own, SUMMER, "2022-07-01")["changes"]}


def test_a_day_that_is_not_before_the_other_is_refused(home: Path, roots: list[Path]) -> None:
    with pytest.raises(InputError, match="is not before") as refused:
        diff(roots[1], SUMMER, SUMMER)
    assert refused.value.findings[0].code == "watch.span"


def test_a_warehouse_named_at_the_question_is_used_instead_of_that_of_the_watch(home: Path, roots: list[Path]) -> None:
    python("watch save", name="w", warehouse=str(roots[0]))
    found = python("diff", name="w", since=SPRING, on=SUMMER, warehouse=str(roots[1]))
    assert found["warehouse"] == str(roots[1])
    assert found["counts"]["critical"] == 4


def test_a_watch_is_saved_listed_replaced_with_a_word_and_forgotten(ask: Ask, home: Path) -> None:
    first = ask("landscape", "watch", "save", "MEK", "--target", "MEK", "--origin", "CN", "--json").document
    assert first["watch"] == {
        "name": "mek",
        "warehouse": None,
        "filters": {"targets": ["MEK"], "origins": ["CN"]},
        "owner": None,
        "programmes": [],
        "accounts": [],
    }
    assert (first["replaced"], first["findings"]) == (None, [])
    again = ask("landscape", "watch", "save", "mek", "--without-academic", "--json").document
    assert again["replaced"]["filters"] == {"targets": ["MEK"], "origins": ["CN"]}
    assert [row["code"] for row in again["findings"]] == ["watch.replaced"]
    listed = ask("landscape", "watch", "list", "--json").document
    assert [(row["name"], row["filters"]) for row in listed["watches"]] == [("mek", {"without_academic": True})]
    assert ask("landscape", "watch", "forget", "mek").code == 0
    assert ask("landscape", "watch", "list", "--json").document["watches"] == []


@pytest.mark.parametrize("name", ["", "../mek", "a/b", ".mek", "-x", "a b", "x" * 41, "con\0", "mek\n", "🙂"])
def test_a_name_that_is_no_file_name_is_refused(home: Path, name: str) -> None:
    for asked in ("watch save", "watch forget"):
        with pytest.raises(InputError) as refused:
            python(asked, name=name)
        assert refused.value.findings[0].code == "watch.name"
    assert python("watch list")["watches"] == []


@pytest.mark.parametrize("name", ["关注", "mek-2.b_x", "MÉK", "x" * 40, "妥" * 40])
def test_names_of_every_script_are_kept(home: Path, name: str) -> None:
    python("watch save", name=name, targets=["MEK"])
    assert len(python("watch list")["watches"]) == 1
    python("watch forget", name=name)


@pytest.mark.parametrize("words", [[], ["--help"], ["keep", "mek"]])
def test_watch_alone_or_with_another_verb_is_refused(ask: Ask, words: list[str]) -> None:
    answer = ask("landscape", "watch", *words)
    assert (answer.code, answer.out) == (2, "")
    if words[:1] != ["keep"]:
        assert "one of: onepill landscape watch save, onepill landscape watch list" in answer.err


def test_a_watch_that_is_not_there_names_the_nearest(ask: Ask) -> None:
    ask("landscape", "watch", "save", "melanoma")
    for words in (["diff", "melanona", "--since", SPRING], ["watch", "forget", "melanona"]):
        answer = ask("landscape", *words)
        assert (answer.code, answer.out) == (2, "")
        assert "did you mean melanoma?" in answer.err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"watch": 2, "warehouse": null, "filters": {}}',
        '{"watch": 1, "warehouse": null, "filters": {"colour": "red"}}',
        '{"watch": 1, "warehouse": null, "filters": {"minimum_coverage": 7}}',
        '{"watch": 1, "warehouse": null, "filters": []}',
        "\xff",
    ],
)
def test_a_damaged_watch_is_named_and_does_not_hide_the_others(ask: Ask, home: Path, text: str) -> None:
    """A damaged file of an earlier version is brought in as it is."""
    (home / "watches").mkdir(parents=True)
    (home / "watches" / "bad.json").write_text(text, encoding="latin-1")
    ask("landscape", "watch", "save", "good")
    answer = ask("landscape", "diff", "bad", "--since", SPRING)
    assert (answer.code, answer.out) == (2, "")
    assert "watch.unreadable" in answer.err
    listed = ask("landscape", "watch", "list", "--json").document
    assert [row["name"] for row in listed["watches"]] == ["good"]
    assert [row["code"] for row in listed["findings"]] == ["watch.unreadable"]
    assert ask("landscape", "watch", "save", "bad", "--target", "MEK").code == 0
    listed = ask("landscape", "watch", "list", "--json").document
    assert [(row["name"], row["filters"]) for row in listed["watches"]] == [("bad", {"targets": ["MEK"]}), ("good", {})]


def test_a_person_reads_the_changes_and_the_age_of_the_data(ask: Ask, roots: list[Path]) -> None:
    ask("landscape", "watch", "save", "mek", "--target", "MEK", "--warehouse", str(roots[1]))
    answer = ask("landscape", "diff", "mek", "--since", SPRING, "--on", SUMMER)
    assert (answer.code, answer.err) == (0, "")
    for said in (
        "critical: ctgov:NCT00000003 (dorametinib): status RECRUITING -> TERMINATED; known on 2021-07-01",
        "known on 2021-07-01, posted 2021-06-10",
        "the trial was stopped, suspended or withdrawn (published rule)",
        "critical: brelumetinib: stage phase_3 -> approval; known on 2021-06-15",
        "notable: zelumetinib: new programme, me_too; known on 2021-04-01",
        "critical 4, notable",
        "days newer than 2021-07-01",
    ):
        assert said in answer.out
    assert "not before" in ask("landscape", "diff", "mek", "--since", SUMMER, "--on", SPRING).err
    assert ask("landscape", "diff", "mek").code == 2
