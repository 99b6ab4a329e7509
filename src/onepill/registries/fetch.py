"""What does a registry hold now? ClinicalTrials.gov's API v2, page by page: the one place that opens a connection.

Studies are kept as JSON lines in gzip, one gzip member a page, beside a checkpoint that says how many bytes of the file
are whole pages. What was cut short goes on at the page where it stopped.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onepill import __version__
from onepill.core.errors import Finding, InputError, MissingExtra, OnepillError

if TYPE_CHECKING:
    import httpx

CTGOV_STUDIES = "https://clinicaltrials.gov/api/v2/studies"
CRAWL_DELAY_S = 1.0
"""Between two requests; robots.txt of clinicaltrials.gov asks for it (read 2026-09-06)."""
PAGE_SIZE = 1000
"""The most that the API gives at once."""
TIMEOUT_S = 60.0
ATTEMPTS = 6
"""Tries of one page before giving up until the next call."""
FIRST_WAIT_S = 2.0
LONGEST_WAIT_S = 300.0
"""A server that asks for more than this is asked again in a later call."""
LISTING, CHECKPOINT = "studies.jsonl.gz", "checkpoint.json"
FRESH_S = 24 * 3600
"""A finished list that was not collected is used again for so long, so that a refused load costs no second fetch."""
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Want:
    """What is asked of the registry: everything, a search, or what was updated since a day."""

    query: str | None = None
    since: date | None = None
    address: str = CTGOV_STUDIES
    page_size: int = PAGE_SIZE

    def parameters(self) -> dict[str, str]:
        """The query of the first page, in the API's own terms."""
        found = {"format": "json", "pageSize": str(self.page_size), "countTotal": "true"}
        if self.query:
            found["query.term"] = self.query
        if self.since:
            found["filter.advanced"] = f"AREA[LastUpdatePostDate]RANGE[{self.since.isoformat()},MAX]"
        return found


@dataclass(frozen=True)
class Pace:
    """How patiently: seconds between requests, to wait for an answer, before the first retry; tries of a page."""

    delay_s: float = CRAWL_DELAY_S
    timeout_s: float = TIMEOUT_S
    first_wait_s: float = FIRST_WAIT_S
    longest_wait_s: float = LONGEST_WAIT_S
    attempts: int = ATTEMPTS


@dataclass(frozen=True)
class Progress:
    """The checkpoint: `bytes` of the file are whole pages; `token` names the page that comes next."""

    address: str
    parameters: dict[str, str]
    pages: int = 0
    studies: int = 0
    total: int = 0
    bytes: int = 0
    token: str | None = None
    complete: bool = False


@dataclass(frozen=True)
class Fetched:
    """The file of studies; `expected` is the number that the registry gave when the first page was asked for.

    `resumed_at` is the page at which an earlier call had stopped, `restarted` whether its page token was refused.
    """

    file: Path
    studies: int
    expected: int
    pages: int
    resumed_at: int
    restarted: bool


class _TryAgain(Exception):
    """The server is busy or the connection was cut; `after_s` where it said when to come back."""

    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class _TokenRefused(Exception):
    """The server knows the page token no longer."""


def fetch_ctgov(want: Want, folder: Path, *, pace: Pace | None = None, tell: Tell | None = None) -> Fetched:
    """Fetch all pages of what is wanted into `folder`, or go on where an earlier call stopped.

    One connection, one request at a time, `pace.delay_s` between them. Busy servers (429 with or without Retry-After,
    5xx), timeouts and cut connections are tried again with growing waits. A page token that the server refuses after a
    pause means that its list has changed: everything is asked for again, once.

    Args:
        want: what to ask for.
        folder: where `studies.jsonl.gz` and `checkpoint.json` stand, until `discard`; made where absent.
        pace: waits; the publisher's own delay if left out.
        tell: called with ("fetch", studies so far, studies in all).

    Raises:
        InputError: `fetch.refused`: the server does not understand the question.
        OnepillError: `fetch.stopped`: it could not be reached; what was fetched is kept for the next call.
        MissingExtra: onepill[registry] is not installed.
    """
    httpx = _need_httpx()
    folder.mkdir(parents=True, exist_ok=True)
    run = _Run(want, folder, pace or Pace(), tell or (lambda step, done, total: None))
    limits = httpx.Limits(max_connections=1)
    with httpx.Client(
        timeout=run.pace.timeout_s, limits=limits, headers={"User-Agent": f"onepill/{__version__}"}
    ) as client:
        return run.all_pages(client)


def discard(folder: Path) -> None:
    """Delete what was fetched, once it is loaded."""
    for name in (LISTING, CHECKPOINT):
        (folder / name).unlink(missing_ok=True)


def _need_httpx() -> Any:
    try:
        import httpx
        import tenacity  # noqa: F401  # asked for here, so that its absence is told before the first request
    except ImportError:
        raise MissingExtra("syncing needs httpx and tenacity: install onepill[registry]") from None
    return httpx


class _Run:
    """One call: the state of the checkpoint and of the clock."""

    def __init__(self, want: Want, folder: Path, pace: Pace, tell: Tell) -> None:
        self.want, self.pace, self.tell = want, pace, tell
        self.file, self.checkpoint = folder / LISTING, folder / CHECKPOINT
        self.last_request = -pace.delay_s

    def all_pages(self, client: httpx.Client) -> Fetched:
        progress = self._standing()
        resumed_at, restarted = (progress.pages + 1 if progress.pages else 0), False
        while not progress.complete:
            self.tell("fetch", progress.studies, progress.total)
            try:
                page = self._page(client, progress)
            except _TokenRefused:
                if restarted or progress.token is None:
                    raise self._stopped(progress, "the server refuses its own page token") from None
                progress, restarted = self._fresh(), True
                continue
            progress = self._keep(page, progress)
        self.tell("fetch", progress.studies, progress.total)
        return Fetched(self.file, progress.studies, progress.total, progress.pages, resumed_at, restarted)

    def _fresh(self) -> Progress:
        return Progress(self.want.address, self.want.parameters())

    def _standing(self) -> Progress:
        """Where an earlier call for the same question stopped; the beginning if there is none that can go on."""
        fresh = self._fresh()
        try:
            found = Progress(**json.loads(self.checkpoint.read_bytes()))
            state = self.file.stat()
        except (OSError, ValueError, TypeError):
            return fresh
        asks_the_same = (found.address, found.parameters) == (fresh.address, fresh.parameters)
        is_stale = found.complete and time.time() - state.st_mtime > FRESH_S
        return found if asks_the_same and not is_stale and state.st_size >= found.bytes else fresh

    def _page(self, client: httpx.Client, progress: Progress) -> dict[str, Any]:
        """One page, tried until it comes or there is no hope for now."""
        import tenacity

        retry = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(_TryAgain),
            stop=tenacity.stop_after_attempt(self.pace.attempts),
            wait=self._wait,
            reraise=True,
        )
        try:
            return retry(self._request, client, progress)
        except _TryAgain as error:
            raise self._stopped(progress, str(error)) from None

    def _wait(self, state: Any) -> float:
        """Seconds before the next try: what the server asked for, else doubling from the first wait."""
        error = state.outcome.exception()
        after_s = error.after_s
        if after_s is not None and after_s > self.pace.longest_wait_s:
            raise _TryAgain(f"{error}; the server asks to wait {after_s:.0f} s")
        backoff: float = self.pace.first_wait_s * 2 ** (state.attempt_number - 1)
        return min(backoff, self.pace.longest_wait_s) if after_s is None else after_s

    def _request(self, client: httpx.Client, progress: Progress) -> dict[str, Any]:
        import httpx

        time.sleep(max(0.0, self.last_request + self.pace.delay_s - time.monotonic()))
        token = {"pageToken": progress.token} if progress.token else {}
        try:
            answer = client.get(self.want.address, params={**progress.parameters, **token})
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise InputError.single("fetch.address", str(error), hint="give an https address") from None
        except (httpx.TransportError, httpx.StreamError) as error:
            raise _TryAgain(f"{type(error).__name__}: {error}") from None
        finally:
            self.last_request = time.monotonic()
        self._refuse(answer, progress)
        return self._read(answer)

    def _refuse(self, answer: httpx.Response, progress: Progress) -> None:
        if answer.status_code == 429 or answer.status_code >= 500:
            raise _TryAgain(f"the server answers {answer.status_code}", _retry_after_s(answer))
        if answer.status_code == 400 and progress.token:
            raise _TokenRefused
        if answer.status_code != 200:
            said = answer.text.strip()[:200]
            message = f"{self.want.address} answers {answer.status_code}: {said}"
            raise InputError.single("fetch.refused", message, hint="check --query and --since", value=said)

    def _read(self, answer: httpx.Response) -> dict[str, Any]:
        """The page's document; half a page, or another page in its place, is one to ask for again."""
        try:
            page = answer.json()
        except ValueError:
            raise _TryAgain("the server's answer is no JSON") from None
        if not isinstance(page, dict) or not isinstance(page.get("studies"), list):
            raise _TryAgain("the server's answer holds no list of studies")
        return page

    def _keep(self, page: dict[str, Any], progress: Progress) -> Progress:
        """Write the page behind the whole ones, through to the disk, and only then the checkpoint."""
        studies = page["studies"]
        text = "".join(json.dumps(study, ensure_ascii=False, separators=(",", ":")) + "\n" for study in studies)
        packed = gzip.compress(text.encode("utf-8"), compresslevel=5, mtime=0) if studies else b""
        with self.file.open("r+b" if progress.bytes else "wb") as file:
            file.truncate(progress.bytes)
            file.seek(progress.bytes)
            file.write(packed)
            file.flush()
            os.fsync(file.fileno())
        token = page.get("nextPageToken")
        after = replace(
            progress,
            pages=progress.pages + 1,
            studies=progress.studies + len(studies),
            total=page.get("totalCount") or progress.total,
            bytes=progress.bytes + len(packed),
            token=token,
            complete=token is None,
        )
        self._mark(after)
        return after

    def _mark(self, progress: Progress) -> None:
        aside = self.checkpoint.with_suffix(".part")
        aside.write_text(json.dumps(asdict(progress), indent=1), encoding="utf-8")
        aside.replace(self.checkpoint)

    def _stopped(self, progress: Progress, reason: str) -> OnepillError:
        message = f"stopped before page {progress.pages + 1} ({progress.studies:,} studies are kept): {reason}"
        hint = "ask again: it goes on at that page"
        finding = Finding("fetch.stopped", "error", message, hint, path=f"page {progress.pages + 1}")
        return OnepillError(message, findings=[finding])


def _retry_after_s(answer: httpx.Response) -> float | None:
    """Seconds of a Retry-After header, which is a number or a date."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isdecimal():
        return float(text)
    with suppress(ValueError, TypeError):
        when = parsedate_to_datetime(text)
        now = parsedate_to_datetime(answer.headers["Date"]) if "Date" in answer.headers else datetime.now(UTC)
        return max(0.0, (when - now).total_seconds())
    return None
