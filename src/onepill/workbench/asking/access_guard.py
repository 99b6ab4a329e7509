"""The rules of access applied to a question: before it is answered, whichever face it came through."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

from onepill.core.errors import AccessRefused, InputError
from onepill.workbench.asking.access_rules import RULES, Reach, Role, Rule, Tier, clearance, lower, may, sees

if TYPE_CHECKING:
    from pydantic import BaseModel

    from onepill.store.workspace import Kept
    from onepill.store.workspace.documents import Placed
    from onepill.store.workspace.jobs import Job
    from onepill.workbench.asking.context import Actor, Context
    from onepill.workbench.operations import Operation


KEPT_DEALS = "kept_deals"
"""Where a job's question names the deals whose texts it holds."""


@dataclass(frozen=True)
class Standing:
    """How somebody stands to a programme: the role there, the reach, and the highest tier seen."""

    role: Role
    reach: Reach

    @property
    def cleared(self) -> Tier:
        return clearance(self.role, self.reach)


def permit(found: Operation, question: BaseModel, context: Context) -> None:
    """Let the question pass, or refuse it; this machine's own user asks whatever there is.

    Raises:
        AccessRefused: `access.role`, `access.programme`, `access.job`, `access.tier`, `access.scope`, `access.token`,
            `access.self`, `access.unruled`.
    """
    actor = context.actor
    if actor.is_local:
        return
    if actor.scopes is not None and found.effect not in actor.scopes:
        hint = f"this token is for: {', '.join(sorted(actor.scopes))}"
        raise AccessRefused.single("access.scope", f"the token is not for `{found.name}`", hint=hint)
    if found.needs != "workspace":
        _check(found, actor, Standing(actor.role, "none"))
        return
    rule = RULES.get(found.name)
    if rule is None:
        raise AccessRefused.single("access.unruled", f"no rule says who may ask `{found.name}`")
    _permit(found, question, rule, replace(context, seen=context.mark))


def _permit(found: Operation, question: BaseModel, rule: Rule, context: Context) -> None:
    actor = context.actor
    if rule.in_person and actor.scopes is not None:
        raise AccessRefused.single("access.token", f"`{found.name}` is asked in person: no token may")
    if rule.subject == "self":
        _check_self(getattr(question, rule.field), found, actor)
    elif rule.subject == "job":
        _check_job(getattr(question, rule.field), found, context)
    elif rule.subject == "programmes":
        _check(found, actor, Standing(actor.role, "none"))
        for named in getattr(question, rule.field):
            _check_programme(named, found, rule, context)
    elif rule.subject == "document":
        _check_document(getattr(question, rule.field), found, rule, context)
    elif rule.subject in {"programme", "text"}:
        named = getattr(question, rule.field)
        if named is None and rule.is_optional:
            _check(found, actor, Standing(actor.role, "none"))
        else:
            _check_programme(_named(named, rule), found, rule, context)
    else:
        _check(found, actor, Standing(actor.role, "none"))


def standing(actor: Actor, kept: Placed | None, granted: Role | None) -> Standing:
    """How somebody stands to a document; to one that there is not, as to somebody else's."""
    if actor.is_local or actor.role == "admin":
        return Standing(actor.role, "own")
    if granted is not None:
        return Standing(lower(actor.role, granted), "own")
    is_public = kept is not None and kept.tier == "public"
    return Standing(actor.role, "public" if is_public else "foreign")


def standing_to(context: Context, programme_id: str) -> tuple[Placed | None, Standing]:
    """A programme, where there is one, and how the person who asks stands to it."""
    kept = _placed(context, programme_id)
    granted = None if context.actor.is_local else context.grants().get(programme_id)
    return kept, standing(context.actor, kept, cast("Role | None", granted))


def withheld_paths(context: Context, programme_id: str, stands: Standing | None = None) -> list[str]:
    """Paths of a programme whose tier is above that of the person who asks, whose standing may be known already."""
    if context.actor.is_local:
        return []
    stands = stands or standing_to(context, programme_id)[1]
    tiers: dict[str, Tier] = context.tiers(programme_id)
    return sorted(path for path, tier in tiers.items() if not sees(stands.cleared, tier))


def sees_whole(context: Context, kept: Kept | Placed) -> bool:
    """Whether the person who asks may read a programme, and every field of it."""
    _, stands = standing_to(context, kept.id)
    is_read = may(stands.role, "read", stands.reach) and _is_cleared(kept, stands)
    return is_read and not withheld_paths(context, kept.id)


def sees_deal(context: Context, kept: Kept | Placed) -> bool:
    """Whether the person who asks may read a kept deal: its programme, and what has the deal's own tier."""
    owner, stands = standing_to(context, kept.programme_id or "")
    is_read = may(stands.role, "read", stands.reach) and _is_cleared(owner, stands)
    return owner is not None and is_read and _is_cleared(kept, stands)


def may_see_job(context: Context, job: Job) -> bool:
    """A job is seen by who may see all of its programme; without one, by who started it and administrators."""
    actor = context.actor
    if actor.is_local or actor.role == "admin":
        return True
    about = job.question.get("programme")
    if not about:
        return job.created_by == actor.name
    kept, stands = standing_to(context, about)
    is_read = may(stands.role, "read", stands.reach) and _is_cleared(kept, stands)
    deals = [_placed(context, one) for one in job.question.get(KEPT_DEALS, [])]
    sees_deals = all(deal is not None and sees_deal(context, deal) for deal in deals)
    return is_read and sees_deals and not withheld_paths(context, about)


def _check(found: Operation, actor: Actor, stands: Standing) -> None:
    if not may(stands.role, found.effect, stands.reach, actor.scopes):
        here = "this programme was not granted, and is open to be read alone" if stands.reach == "public" else ""
        message = f"{actor.name} may not ask `{found.name}`: {here or f'the role here is {stands.role}'}"
        raise AccessRefused.single("access.role", message, hint="an administrator changes roles")


def _check_programme(programme_id: str, found: Operation, rule: Rule, context: Context) -> None:
    actor = context.actor
    kept, stands = standing_to(context, programme_id)
    if not may(stands.role, "read", stands.reach) or (kept is not None and not _is_cleared(kept, stands)):
        raise foreign(programme_id)
    _check(found, actor, stands)
    if rule.needs_all and (withheld := withheld_paths(context, programme_id, stands)):
        message = f"`{found.name}` takes fields of {programme_id} that are above your tier, {stands.cleared}"
        hint = "ask somebody with a higher role; the text comes with those fields withheld"
        raise AccessRefused.single("access.tier", message, hint=hint, value=withheld)


def _check_document(document_id: str, found: Operation, rule: Rule, context: Context) -> None:
    """A programme, or a deal: to that one stands as to its programme, and its own tier counts too."""
    kept = _placed(context, document_id)
    about = kept.programme_id if kept is not None and kept.programme_id else document_id
    _, stands = standing_to(context, about)
    if kept is not None and not _is_cleared(kept, stands):
        raise foreign(document_id)
    try:
        _check_programme(about, found, rule, context)
    except AccessRefused as error:
        # Somebody else's deal is refused as one that there is not, without a word of its programme.
        raise (foreign(document_id) if error.findings[0].code == "access.programme" else error) from None


def _placed(context: Context, document_id: str) -> Placed | None:
    try:
        return context.placed(document_id)
    except InputError:  # an id that no database keeps
        return None


def foreign(programme_id: str) -> AccessRefused:
    """The refusal of a programme: the same whether it is somebody else's, above one's tier or not there at all."""
    message = f"you have no access to a programme {programme_id[:120]!r}"
    return AccessRefused.single("access.programme", message, hint="an administrator grants access", path="id")


def _is_cleared(kept: Kept | Placed | None, stands: Standing) -> bool:
    return kept is None or sees(stands.cleared, kept.tier)


def _check_self(named: str | None, found: Operation, actor: Actor) -> None:
    """One's own account; an administrator any."""
    if actor.role != "admin" and named != actor.name:
        message = f"{actor.name} may ask `{found.name}` about their own account only"
        raise AccessRefused.single("access.self", message, hint="an administrator may about any", path="name")


def _check_job(job_id: str, found: Operation, context: Context) -> None:
    actor = context.actor
    try:
        job = context.workspace.jobs.get(job_id)
    except InputError:
        job = None
    if job is None or not may_see_job(context, job):
        raise AccessRefused.single("access.job", f"you have no access to a job {job_id!r}", path="id")
    about = job.question.get("programme")
    stands = standing_to(context, about)[1] if about else Standing(actor.role, "own")
    _check(found, actor, stands)


def _named(value: Any, rule: Rule) -> str:
    """The id of the programme that a field gives, or the text in it names; "" where it names none."""
    if rule.subject == "programme":
        return str(value)
    from onepill.core.documents import read_document

    data = read_document(value).data
    return str(data.get("programme", "")) if isinstance(data, dict) else ""
