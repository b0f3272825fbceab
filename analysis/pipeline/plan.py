"""What is to be run: each review for each quarter and audience, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from analysis.disclosure import AUDIENCES
from analysis.findings.metadata import ReviewNotebook, missing_returns
from analysis.pipeline.reviews import resolve
from analysis.records.history import History
from analysis.reference import project
from analysis.reference.calendar import Quarter
from analysis.reference.project import UsageError, UserError, Workspace


@dataclass(frozen=True)
class Job:
    """One review for one quarter and audience. `needs` lists returns that nobody has delivered: with any, there
    is nothing to run. A job holds all that a worker must know, and can be sent to another process."""

    notebook: Path
    review: str
    authority: str
    quarter: str
    audience: str
    parameters: tuple[tuple[str, object], ...]
    deliveries: tuple[tuple[str, str], ...]
    needs: tuple[str, ...]
    data: Path
    build: Path

    @property
    def place(self) -> Path:
        """The job's place in the build folders: authority, quarter, audience."""
        return Path(self.authority) / self.quarter / self.audience

    @property
    def findings(self) -> Path:
        return self.build / "findings" / self.place / self.review

    @property
    def executed(self) -> Path:
        return self.build / "notebooks" / self.place / f"{self.review}.ipynb"

    @property
    def record(self) -> Path:
        """What the cache keeps of the job's last run."""
        return self.build / "cache" / self.place / f"{self.review}.json"


def make_plan(
    workspace: Workspace,
    authority: str,
    quarters: Iterable[str | Quarter],
    audiences: Iterable[str],
    reviews: Iterable[ReviewNotebook],
    options: Mapping[str, Mapping[str, object]] = MappingProxyType({}),
) -> tuple[Job, ...]:
    """Every job, in order of quarter, audience and review. Reviews that aren't for an audience are left out.

    `options` gives reviews their own parameters, by review. Raises UserError for an unknown authority, or a
    quarter without a delivery; UsageError for what isn't a quarter, an audience or a parameter.
    """
    body = project.authority(str(authority))
    reviews, audiences = tuple(reviews), tuple(dict.fromkeys(audiences))
    strange = [audience for audience in audiences if audience not in AUDIENCES]
    if strange:
        raise UsageError(f"'{strange[0]}' is not an audience; it is one of {', '.join(AUDIENCES)}")
    history = History.open(workspace.store, body.code)
    jobs = []
    for quarter in sorted({_quarter(one) for one in quarters}):
        known = history.known_by(quarter)
        if quarter not in history.quarters:
            held = f"{history.quarters[0]} to {history.quarters[-1]}"
            raise UserError(f"there is no delivery for {quarter} (deliveries held: {held}); ingest it first")
        deliveries = tuple((str(delivered), identifier) for delivered, identifier in known.deliveries)
        for audience in audiences:
            for review in reviews:
                if audience not in review.audiences:
                    continue
                given = {"authority": body.code, "quarter": str(quarter), "audience": audience,
                         **options.get(review.name, {})}  # fmt: skip
                jobs.append(
                    Job(
                        notebook=review.path,
                        review=review.name,
                        authority=body.code,
                        quarter=str(quarter),
                        audience=audience,
                        parameters=tuple(resolve(review, given).items()),
                        deliveries=deliveries,
                        needs=tuple(missing_returns(review, known)),
                        data=workspace.data,
                        build=workspace.build,
                    )
                )
    return tuple(jobs)


def _quarter(one: str | Quarter) -> Quarter:
    try:
        return one if isinstance(one, Quarter) else Quarter.parse(one)
    except ValueError as error:
        raise UsageError(str(error)) from None
