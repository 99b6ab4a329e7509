"""The list of what can be asked. Commands, and later pages, routes and agent tools, are made from it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib import import_module
from inspect import signature
from typing import TYPE_CHECKING, Any, Literal

from onepill.core.errors import InputError, OnepillError
from onepill.workbench import answers
from onepill.workbench.asking.access_rules import Effect
from onepill.workbench.deals import answers as deal_answers
from onepill.workbench.deals import comps_answers, negotiation_answers, return_answers
from onepill.workbench.explain import number as number_explain
from onepill.workbench.filing import world_answers
from onepill.workbench.landscape import answers as landscape_answers
from onepill.workbench.landscape import burden as landscape_burden
from onepill.workbench.landscape import industry as landscape_industry
from onepill.workbench.landscape import picture_answers
from onepill.workbench.landscape import readouts as landscape_readouts
from onepill.workbench.landscape import whitespace as landscape_whitespace
from onepill.workbench.registries import registry, review_answers
from onepill.workbench.results import value_answers
from onepill.workbench.sheets import answers as workbook_answers
from onepill.workbench.trials import (
    assurance_answers,
    design_answers,
    design_regional,
    enrichment_answers,
    learned_answers,
    poc_answers,
    success_answers,
    transitions_answers,
)
from onepill.workbench.workspace import (
    account_answers,
    approval_answers,
    audit_answers,
    brief_answers,
    deals_answers,
    job_answers,
    live_answers,
    programmes_answers,
    scenario_answers,
    watches,
    workspace_answers,
)
from onepill.workbench.workspace import watch_diff as landscape_diff

if TYPE_CHECKING:
    from types import ModuleType

    from pydantic import BaseModel

    from onepill.workbench.asking.context import Context
    from onepill.workbench.asking.recent_answers import Told

Face = Literal["cli", "web", "mcp"]
ALL_FACES: tuple[Face, ...] = ("cli", "web", "mcp")
LOCAL_FIELDS = frozenset({"warehouse"})
"""Fields that name a place on this machine: its own command line alone fills them in, others ask the home's."""


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked: `name` is also the words of its command (`rules show`).

    `asks` and `answers` name the closed models of its question and its answer in `questions` and `replies`: in the
    module that `models` names (`questions.registry`), else in `programme`; they are imported when needed, since
    pydantic alone takes longer than a help text may. `prepares` does beforehand what the first question after a
    load would wait for, and tells its progress. What `needs` the workspace is given the context of who asks; an answer
    that `keeps` is answered from the workspace when it is asked for again by a page, an agent or a job.
    """

    name: str
    asks: str
    answers: str
    function: Callable[..., Any]
    effect: Effect = "read"
    faces: tuple[Face, ...] = ALL_FACES
    models: str = ""
    prepares: Callable[..., Any] | None = None
    needs: Literal["", "workspace"] = ""
    keeps: bool = False

    @property
    def question(self) -> type[BaseModel]:
        found: type[BaseModel] = getattr(self._models("questions"), self.asks)
        return found

    @property
    def remote_question(self) -> type[BaseModel]:
        """What a browser or an agent may ask: the question without places on this machine."""
        from pydantic import create_model

        asked = self.question
        kept = {name: (field.annotation, field) for name, field in asked.model_fields.items()}
        if not LOCAL_FIELDS & set(kept):
            return asked
        fields: dict[str, Any] = {name: both for name, both in kept.items() if name not in LOCAL_FIELDS}
        return create_model(asked.__name__, __config__=asked.model_config, __doc__=asked.__doc__, **fields)

    def ask_remote(self, question: BaseModel, context: Context | None = None) -> str:
        """The answer to a `remote_question` as JSON text, from the workspace where it was kept.

        Raises:
            InputError: `question.text` where a text holds half of a character, which nothing can be written with.
            AccessRefused: the person who asks may not.
        """
        return self.tell(question, context).text

    def tell(self, question: BaseModel, context: Context | None = None, *, compact: bool = False) -> Told:
        """The same with its hash; `compact` for a reader that is no person. Errors as for `ask_remote`."""
        from onepill.workbench.asking.access_guard import permit
        from onepill.workbench.asking.context import Context
        from onepill.workbench.asking.hidden_places import hide_places, without_fields, without_places
        from onepill.workbench.asking.kept_answers import answered
        from onepill.workbench.asking.recent_answers import told_before
        from onepill.workbench.common.documents import to_compact_json, to_json

        fields = question.model_dump(exclude_unset=True)
        _check_text(fields)
        whole = self.question.model_validate(fields)
        asker, write = context or Context(), to_compact_json if compact else to_json
        if self.needs == "workspace" and self.effect == "read":
            # Who may see what is looked at once, so that an answer and the standing it is kept under agree.
            asker = replace(asker, seen=asker.mark)

        def made() -> str:
            if self.keeps:
                return without_places(answered(self, whole, asker), asker)
            return without_places(write(without_fields(self.ask(whole, context=asker), LOCAL_FIELDS)), asker)

        try:
            permit(self, whole, asker)
            return told_before(self, whole, asker, made, form="compact" if compact else "")
        except OnepillError as error:
            hide_places(error, asker)
            raise

    def is_kept(self, question: BaseModel, context: Context) -> bool:
        """Whether the answer to a `remote_question` stands in the workspace, so that nobody waits for it.

        Raises:
            AccessRefused: the person who asks may not.
        """
        from onepill.workbench.asking.access_guard import permit
        from onepill.workbench.asking.kept_answers import kept_text

        whole = self.question.model_validate(question.model_dump(exclude_unset=True))
        permit(self, whole, context)
        return self.keeps and kept_text(self, whole, context.workspace) is not None

    @property
    def answer(self) -> Any:
        """The answer's model, or a list of one."""
        return getattr(self._models("replies"), self.answers)

    def _models(self, kind: str) -> ModuleType:
        """`questions` or `replies`, or those of the operation's own group."""
        return import_module(f"onepill.workbench.{kind}.{self.models or 'programme'}")

    @property
    def summary(self) -> str:
        return (self.function.__doc__ or "").partition("\n")[0]

    @property
    def tells_progress(self) -> bool:
        return "progress" in signature(self.function).parameters

    def ask(self, question: BaseModel, *, context: Context | None = None, **options: Any) -> Any:
        """The answer, a plain document (dicts, lists, text, numbers); without a context this machine's user asks.

        Raises:
            AccessRefused: the person who asks may not.
        """
        if self.needs != "workspace" and context is None:
            return self.function(question, **options)
        from onepill.workbench.asking.access_guard import permit
        from onepill.workbench.asking.access_withheld import told
        from onepill.workbench.asking.context import Context

        asker = context or Context()
        permit(self, question, asker)
        if self.needs == "workspace":
            options["context"] = asker
        return told(self.name, self.function(question, **options), asker)


def _check_text(fields: dict[str, Any]) -> None:
    """Refuse halves of characters (lone surrogates), which JSON allows to be asked."""
    try:
        json.dumps(fields, ensure_ascii=False, default=str).encode("utf-8")
    except UnicodeEncodeError:
        message = "a text of the question holds half of a character"
        raise InputError.single("question.text", message, hint="send text that can be written as UTF-8") from None


def _registry(
    name: str,
    asks: str,
    answers: str,
    function: Callable[..., Any],
    *,
    effect: Effect,
    faces: tuple[Face, ...] = ("cli",),
) -> Operation:
    """An operation on the warehouse; what fills or checks its folder is for this machine's command line alone."""
    return Operation(f"registry {name}", asks, answers, function, effect, faces, models="registry")


def _landscape(
    name: str, asks: str, answers: str, function: Callable[..., Any], *, models: str = "landscape"
) -> Operation:
    """A question about the programmes that a warehouse knows."""
    full = f"landscape {name}".strip()
    return Operation(full, asks, answers, function, models=models, prepares=landscape_answers.prepare)


def _watch(name: str, asks: str, answers: str, function: Callable[..., Any], *, effect: Effect = "read") -> Operation:
    """A question about filters that the workspace keeps; it tells each account of its own."""
    return Operation(f"landscape {name}", asks, answers, function, effect, models="watch", needs="workspace")


def _design(name: str, asks: str, answers: str, function: Callable[..., Any]) -> Operation:
    """A question about the design of a trial."""
    return Operation(f"design {name}", asks, answers, function, models="design")


def _assurance(name: str, asks: str, answers: str, function: Callable[..., Any]) -> Operation:
    """A question about the chance of success, and about designs that are chosen by what they are worth."""
    return Operation(name, asks, answers, function, models="assurance")


def _workspace(
    name: str,
    asks: str,
    answers: str,
    function: Callable[..., Any],
    effect: Effect = "read",
) -> Operation:
    """An operation on what the workspace keeps; those of its administrator name files of this machine."""
    faces: tuple[Face, ...] = ("cli",) if effect == "admin" else ALL_FACES
    return Operation(name, asks, answers, function, effect, faces, models="workspace", needs="workspace")


def _team(
    name: str, asks: str, answers: str, function: Callable[..., Any], effect: Effect = "admin", *, agents: bool = False
) -> Operation:
    """An operation on accounts, signatures and the trail; what asks for a password or gives a token is no agent's."""
    faces = ALL_FACES if agents else ("cli", "web")
    return Operation(name, asks, answers, function, effect, faces, models="accounts", needs="workspace")


def _learned(name: str, asks: str, answers: str, function: Callable[..., Any], effect: Effect) -> Operation:
    """An operation on a learned model; training data and models are files of this machine."""
    return Operation(f"success {name}", asks, answers, function, effect, faces=("cli",), models="learned")


def _kept_deal(name: str, asks: str, answers: str, function: Callable[..., Any], effect: Effect = "read") -> Operation:
    """An operation on the deals that the workspace keeps."""
    return Operation(f"deals {name}", asks, answers, function, effect, models="deal_documents", needs="workspace")


def _deal(name: str, asks: str, answers: str, function: Callable[..., Any]) -> Operation:
    """A question about deals on a programme's futures."""
    return Operation(f"deal {name}", asks, answers, function, models="deals", keeps=True)


OPERATIONS: tuple[Operation, ...] = (
    Operation("passport", "PassportAsk", "Passport", answers.passport, keeps=True),
    Operation("check", "CheckAsk", "Check", answers.check),
    Operation("schema", "SchemaAsk", "Schema", answers.schema),
    Operation("rules list", "Nothing", "RuleRows", answers.rules_list),
    Operation("rules show", "RuleAsk", "RuleRow", answers.rules_show),
    Operation("rules coverage", "CoverageAsk", "CoverageRows", answers.rules_coverage),
    Operation("world", "WorldAsk", "World", world_answers.world, models="world"),
    Operation("brief", "BriefAsk", "Brief", brief_answers.brief, models="world", needs="workspace"),
    Operation("path", "PathAsk", "FilingPlan", answers.path, keeps=True),
    Operation("path compare", "PathCompareAsk", "RouteComparison", answers.path_compare, keeps=True),
    Operation("policy list", "PolicyListAsk", "PolicyRows", answers.policy_list),
    Operation("policy show", "PolicyAsk", "PolicyRow", answers.policy_show),
    Operation("policy match", "PolicyMatchAsk", "PolicyMatches", answers.policy_match),
    Operation("policy effect", "PolicyEffectAsk", "PolicyEffects", answers.policy_effect, keeps=True),
    Operation("backtest reviews", "BacktestAsk", "Backtest", answers.backtest_reviews),
    Operation(
        "deal return-risk", "ReturnRiskAsk", "ReturnRisk", return_answers.return_risk, models="returns", keeps=True
    ),
    _registry("sources", "Nothing", "RegistrySources", registry.sources, effect="read", faces=ALL_FACES),
    _registry("load", "LoadAsk", "RegistryLoad", registry.load, effect="write"),
    _registry("sync", "SyncAsk", "RegistrySync", registry.sync, effect="write"),
    _registry("status", "StatusAsk", "RegistryStatus", registry.status, effect="read", faces=ALL_FACES),
    _registry("verify", "WarehouseAsk", "RegistryVerified", registry.verify, effect="read"),
    _registry("forget", "ForgetAsk", "RegistryForgotten", registry.forget, effect="admin"),
    Operation("registry review", "ReviewAsk", "RegistryReview", review_answers.review, "write", ("cli",), "review"),
    _landscape("", "LandscapeAsk", "LandscapeReply", landscape_answers.landscape),
    _landscape("firsts", "FirstsAsk", "FirstsReply", landscape_answers.firsts),
    _landscape("crowding", "CrowdingAsk", "CrowdingReply", landscape_answers.crowding),
    _landscape("matrix", "MatrixAsk", "MatrixReply", landscape_answers.matrix),
    _landscape("entrants", "EntrantsAsk", "EntrantsReply", landscape_answers.entrants),
    _landscape("compare", "CompareAsk", "CompareReply", landscape_answers.compare),
    _landscape("burden", "BurdenAsk", "BurdenReply", landscape_burden.burden, models="research"),
    _landscape("whitespace", "WhitespaceAsk", "WhitespaceReply", landscape_whitespace.whitespace, models="research"),
    _landscape("industry", "IndustryAsk", "IndustryReply", landscape_industry.industry, models="research"),
    _landscape("readouts", "ReadoutsAsk", "ReadoutsReply", landscape_readouts.readouts, models="research"),
    _watch("watch save", "SaveAsk", "WatchSaved", watches.save, effect="write"),
    _watch("watch list", "Nothing", "WatchList", watches.list_all),
    _watch("watch forget", "WatchName", "WatchForgotten", watches.forget, effect="write"),
    _watch("diff", "DiffAsk", "LandscapeDiff", landscape_diff.diff),
    _landscape("page", "LandscapePageAsk", "LandscapePage", picture_answers.page, models="pictures"),
    _design("fixed", "FixedAsk", "FixedReply", design_answers.fixed),
    _design("sequential", "SequentialAsk", "SequentialReply", design_answers.sequential),
    _design("single_arm", "SingleArmAsk", "SingleArmReply", design_answers.single_arm),
    _design("regional", "RegionalAsk", "RegionalReply", design_regional.regional),
    _assurance("design enrichment", "EnrichmentAsk", "EnrichmentReply", enrichment_answers.enrichment),
    _assurance("design programme", "ProgrammeAsk", "ProgrammeReply", enrichment_answers.programme),
    _assurance("assurance", "AssuranceAsk", "AssuranceReply", assurance_answers.assurance),
    _assurance("assurance interim", "InterimAsk", "InterimReply", assurance_answers.interim),
    _assurance("assurance responses", "ResponsesAsk", "ResponsesReply", assurance_answers.responses),
    Operation("poc plan", "PlanAsk", "PocPlan", poc_answers.poc_plan, models="poc", keeps=True),
    Operation("poc simulate", "SimulateAsk", "PocSimulation", poc_answers.poc_simulate, models="poc", keeps=True),
    Operation("value", "ValueAsk", "ValueReply", value_answers.value, models="value"),
    _deal("value", "DealValueAsk", "DealValueReply", deal_answers.deal_value),
    _deal("compare", "DealCompareAsk", "DealCompareReply", deal_answers.deal_compare),
    Operation("deal solve", "SolveAsk", "SolveReply", negotiation_answers.deal_solve, models="negotiation", keeps=True),
    Operation("success", "SuccessAsk", "SuccessReply", success_answers.success, models="success"),
    Operation(
        "success transitions",
        "TransitionsAsk",
        "TransitionsReply",
        transitions_answers.transitions,
        models="transitions",
        prepares=landscape_answers.prepare,
    ),
    _learned("train", "TrainAsk", "TrainReply", learned_answers.train, "write"),
    _learned("evaluate", "EvaluateAsk", "EvaluateReply", learned_answers.evaluate, "read"),
    _learned("score", "ScoreAsk", "ScoreReply", learned_answers.score, "read"),
    _workspace("programmes list", "ListAsk", "ProgrammeList", programmes_answers.list_all),
    _workspace("programmes show", "ShowAsk", "ProgrammeShown", programmes_answers.show),
    _workspace("programmes add", "AddAsk", "Saved", programmes_answers.add, "write"),
    _workspace("programmes save", "SaveAsk", "Saved", programmes_answers.save, "write"),
    _workspace("programmes history", "HistoryAsk", "History", programmes_answers.history),
    _workspace("programmes restore", "RestoreAsk", "Saved", programmes_answers.restore, "write"),
    _workspace("programmes compare", "CompareAsk", "Comparison", programmes_answers.compare),
    Operation("programmes live", "LiveAsk", "LiveReply", live_answers.live, models="live", needs="workspace"),
    _workspace("competitors save", "CompetitorsAsk", "Saved", programmes_answers.save_competitors, "write"),
    _workspace("scenarios save", "ScenarioAsk", "Saved", scenario_answers.save, "write"),
    _kept_deal("list", "DealsAsk", "DealList", deals_answers.list_all),
    _kept_deal("show", "DealShowAsk", "DealShown", deals_answers.show),
    _kept_deal("add", "DealAddAsk", "Saved", deals_answers.add, "write"),
    _kept_deal("save", "DealSaveAsk", "Saved", deals_answers.save, "write"),
    _kept_deal("history", "DealHistoryAsk", "History", deals_answers.history),
    _kept_deal("restore", "DealRestoreAsk", "Saved", deals_answers.restore, "write"),
    _workspace("jobs start", "JobAsk", "JobRow", job_answers.start, "write"),
    _workspace("jobs show", "JobShowAsk", "JobShown", job_answers.show),
    _workspace("jobs list", "JobsAsk", "JobList", job_answers.list_all),
    _workspace("jobs cancel", "JobId", "JobRow", job_answers.cancel, "write"),
    _workspace("jobs resume", "JobId", "JobRow", job_answers.resume, "write"),
    _workspace("backup", "BackupAsk", "BackedUp", workspace_answers.backup, "admin"),
    _workspace("restore", "RestoreFileAsk", "RestoredFile", workspace_answers.restore, "admin"),
    Operation("deal comps", "CompsAsk", "CompsReply", comps_answers.comps, models="comps"),
    Operation(
        "import-workbook", "ImportWorkbookAsk", "WorkbookImport", workbook_answers.import_workbook, models="workbook"
    ),
    _team("users add", "UserAddAsk", "UserRow", account_answers.add),
    _team("users list", "UsersAsk", "UserList", account_answers.list_all),
    _team("users change", "UserChangeAsk", "UserRow", account_answers.change),
    _team("users password", "PasswordAsk", "UserRow", account_answers.password, "read"),
    _team("users link", "LinkAsk", "UserRow", account_answers.link),
    _team("users grant", "GrantAsk", "UserRow", account_answers.grant),
    _team("users withdraw", "WithdrawAsk", "UserRow", account_answers.withdraw),
    _team("tokens add", "TokenAddAsk", "TokenMade", account_answers.add_token, "read"),
    _team("tokens list", "TokensAsk", "TokenList", account_answers.list_tokens, "read"),
    _team("tokens revoke", "TokenRevokeAsk", "TokenRow", account_answers.revoke_token, "read"),
    _team("tiers set", "TierAsk", "Tiers", approval_answers.set_tier, "approve"),
    _team("tiers list", "TiersAsk", "Tiers", approval_answers.list_tiers, "read", agents=True),
    _team("approvals sign", "SignAsk", "Signature", approval_answers.sign, "approve"),
    _team("approvals list", "ApprovalsAsk", "Signatures", approval_answers.list_all, "read", agents=True),
    _team("audit verify", "VerifyAsk", "Verified", audit_answers.verify, agents=True),
    _team("audit list", "AuditAsk", "AuditRows", audit_answers.list_all, agents=True),
    Operation("due", "DueAsk", "Due", answers.due),
    Operation("explain", "ExplainAsk", "Explanation", answers.explain),
    Operation(
        "explain number",
        "NumberAsk",
        "ExplainedNumber",
        number_explain.explain_number,
        models="numbers",
        needs="workspace",
    ),
)


def operation(name: str) -> Operation:
    """The operation of that name.

    Raises:
        KeyError: there is none.
    """
    return {found.name: found for found in OPERATIONS}[name]
