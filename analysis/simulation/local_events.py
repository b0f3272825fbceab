"""What no statutory return carries: audits, feedback, complaints, court, missing and exploited children, education."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter, quarters
from analysis.simulation.days import add_working, number, on_working_day, pick, stream
from analysis.simulation.early_help import choose, spread
from analysis.simulation.rows import Gathered, gather, team_names
from analysis.simulation.story import Story

_TOLD_FROM = Quarter(2014, 4)
_QUESTIONS = (
    ("Management oversight", "Are decisions made at the appropriate management level?"),
    ("Assessment", "Is the assessment timely and analytical?"),
    ("Voice of the child", "Is the child's voice clear in the record?"),
    ("Plan", "Is the plan specific, and is it reviewed?"),
    ("Recording", "Is the record up to date?"),
)
_FEEDBACK = {"Did the worker make a positive difference?": "positive_difference_percent",
             "Would you be confident about receiving services again?": "confident_again_percent"}  # fmt: skip
_SERVICES = {"front_door": 0.25, "protection": 0.4, "looked_after": 0.2, "care_leavers": 0.05, "early_help": 0.1}


def local_events(story: Story, gathered: Gathered, last_day: int) -> Gathered:
    """Local tables but early help, from the story and the tables of looked after children."""
    rng = stream(story.seed, "local")
    last = Quarter.containing(pd.Timestamp("1970-01-01") + pd.Timedelta(days=last_day))
    told = quarters(_TOLD_FROM, last)
    return {
        "case_audits": _audits(story, rng, told),
        "family_feedback": _feedback(story, rng, told),
        "complaints": _complaints(story, rng, told),
        "care_proceedings": _proceedings(story, rng, gathered["care_episodes"]),
        "missing_incidents": _incidents(story, rng, told, gathered["missing_episodes"]),
        "exploitation_concerns": _exploitation(story, rng, told),
        "homes": _homes(story, rng, told),
        "physical_interventions": _interventions(story, rng, told),
        "participation": _participation(story, told),
    }


def _days(story: Story, rng, told: list[Quarter], name: str) -> np.ndarray:
    return np.concatenate([spread(rng, q, max(2, story.parameters.count(q, "quality", name))) for q in told])


def _percent(story: Story, day: np.ndarray, name: str) -> np.ndarray:
    """The year's percentage on each day, as a share."""
    share = np.zeros(len(day))
    for year, parameters in story.parameters.years.items():
        share[day >= number(dt.date(year, 4, 1))] = parameters["quality"][name] / 100
    return share


def _team_of(story: Story, rng, service: np.ndarray) -> np.ndarray:
    names = team_names(story.parameters)
    localities = names[1:-3]
    where = {"front_door": names[:1], "protection": localities, "looked_after": names[-3:-1],
             "care_leavers": names[-1:], "early_help": localities}  # fmt: skip
    chance = rng.random(len(service))
    return np.asarray([where[s][int(c * len(where[s]))] for s, c in zip(service, chance, strict=True)], dtype=object)


def _audits(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "audits")
    service = pick(rng, _SERVICES, len(day))
    team = _team_of(story, rng, service)
    grade = pick(rng, {"outstanding": 0.05, "good": 0.5, "requires_improvement": 0.4, "inadequate": 0.05}, len(day))
    place = np.repeat(np.arange(len(day)), len(_QUESTIONS))
    turn = np.tile(np.arange(len(_QUESTIONS)), len(day))
    yes = np.where(turn == 0, _percent(story, day, "decisions_at_right_level_percent")[place], 0.7)
    others = pick(rng, {"partly": 0.6, "no": 0.35, "not_applicable": 0.05}, len(place))
    answer = np.where(rng.random(len(place)) < yes, "yes", others)
    return gather(
        day[place], {"date": day[place]}, audit_id=[f"AUD{n + 1:05d}" for n in place], team=team[place],
        service=service[place], theme=[_QUESTIONS[n][0] for n in turn], question=[_QUESTIONS[n][1] for n in turn],
        answer=answer, grade=grade[place],
    )  # fmt: skip


def _feedback(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "feedback")
    service = pick(rng, _SERVICES, len(day))
    team, frames = _team_of(story, rng, service), []
    for question, name in _FEEDBACK.items():
        answer = np.where(rng.random(len(day)) < _percent(story, day, name), "yes",
                          pick(rng, {"no": 0.6, "unsure": 0.4}, len(day)))  # fmt: skip
        frames.append(
            gather(day, {"date": day}, feedback_id=[f"FB{n + 1:05d}" for n in range(len(day))], team=team, service=service,
                   question=question, answer=answer)
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _complaints(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "complaints")
    names = [f"CMP{n + 1:05d}" for n in range(len(day))]
    further = rng.random(len(day)) < 0.09
    further[0] = True
    responded = add_working(day, rng.integers(5, 26, len(day)))
    received = np.concatenate([day, on_working_day(responded[further] + rng.integers(5, 40, int(further.sum())))])
    responded = np.concatenate([responded, add_working(received[len(day) :], rng.integers(20, 60, int(further.sum())))])
    first = np.arange(len(received)) < len(day)
    service = pick(rng, _SERVICES, len(day))
    team = _team_of(story, rng, service)
    theme = pick(
        rng, {"Communication": 0.3, "Conduct of a worker": 0.25, "Delay": 0.2, "Disputed decision": 0.25}, len(day)
    )
    second = np.flatnonzero(further)
    return gather(
        received, {"received_date": received, "response_date": responded},
        complaint_id=[*names, *(names[n] for n in second)], stage=np.where(first, "1", "2"),
        team=np.concatenate([team, team[second]]), theme=np.concatenate([theme, theme[second]]),
        outcome=pick(rng, {"not_upheld": 0.45, "partly_upheld": 0.3, "upheld": 0.2, "withdrawn": 0.05}, len(received)),
    )  # fmt: skip


def _proceedings(story: Story, rng, episodes: pd.DataFrame) -> pd.DataFrame:
    """An application for each interim care order: it ends with the order that follows, siblings in one case."""
    ordered = episodes.sort_values(["child_id", "start_date"], kind="stable").reset_index(drop=True)
    before = ordered.groupby("child_id")["legal_status"].shift(1)
    applied = ordered[(ordered["legal_status"] == "C1") & (before != "C1")]
    family = dict(zip(story.population.identifier, story.population.family, strict=True))
    applied = applied.assign(family=applied["child_id"].map(family), day=applied["start_date"])
    decided = ordered[ordered["legal_status"].isin(["C2", "E1"])]
    ended = ordered[ordered["end_date"].notna() & (ordered["reason_ended"] != "X1")]
    concluded, outcome = [], []
    by_order = dict(iter(decided.groupby("child_id")))
    by_end = dict(iter(ended.groupby("child_id")))
    named = {"C2": "care_order", "E1": "placement_order"}
    for child, day in zip(applied["child_id"], applied["day"], strict=True):
        orders, ends = by_order.get(child), by_end.get(child)
        order = orders[orders["start_date"] > day].head(1) if orders is not None else ()
        end = ends[ends["end_date"] > day].head(1) if ends is not None else ()
        if len(order) and (not len(end) or order["start_date"].iloc[0] <= end["end_date"].iloc[0]):
            concluded.append(order["start_date"].iloc[0])
            outcome.append(named[order["legal_status"].iloc[0]])
        elif len(end):
            concluded.append(end["end_date"].iloc[0])
            guarded = end["reason_ended"].iloc[0] in ("E43", "E44", "E45", "E46", "E47", "E48")
            outcome.append("special_guardianship" if guarded else "supervision_order")
        else:
            concluded.append(pd.NaT)
            outcome.append(pd.NA)
    case = applied["family"].astype(str) + " " + applied["day"].dt.strftime("%Y%m%d")
    numbers = {name: n for n, name in enumerate(sorted(case.unique()), start=1)}
    days = applied["day"].to_numpy().astype("datetime64[D]").astype(np.int64)
    frame = gather(
        days, {"pre_proceedings_date": days - case.map(numbers).to_numpy() % 130 - 15, "application_date": days},
        case_id=[f"CP{numbers[name]:05d}" for name in case], child_id=applied["child_id"].to_numpy(),
        application="care_order", outcome=np.asarray(outcome, dtype=object),
    )  # fmt: skip
    return frame.assign(conclusion_date=pd.to_datetime(pd.Series(concluded, dtype="datetime64[us]")))


def _incidents(story: Story, rng, told: list[Quarter], missing: pd.DataFrame) -> pd.DataFrame:
    """Looked after children's missing episodes, and as many incidents of other children as make up the number."""
    day = _days(story, rng, told, "missing_incidents")
    old = np.where((day[0] - story.population.born) > 8 * 365, story.population.risk, 0.001)
    who = choose(story, rng, day, old)
    others = gather(
        day, {"start_date": day, "end_date": day + rng.integers(0, 3, len(day))},
        child_id=story.population.identifier[who], kind=pick(rng, {"missing": 0.8, "absent": 0.2}, len(day)), looked_after=False,
    )  # fmt: skip
    cared = missing.assign(kind=missing["kind"].map({"M": "missing", "A": "absent"}), looked_after=True)
    frame = pd.concat([cared, others], ignore_index=True)
    frame = frame[~frame.duplicated(["child_id", "start_date", "kind"])].reset_index(drop=True)
    offered = rng.random(len(frame)) < 0.9
    return frame.assign(
        return_interview_offered=offered, return_interview_accepted=offered & (rng.random(len(frame)) < 0.7)
    )


def _exploitation(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    day = _days(story, rng, told, "exploitation_concerns")
    old = np.where((day[0] - story.population.born) > 9 * 365, story.population.risk, 0.001)
    who = choose(story, rng, day, old)
    frame = gather(
        day, {"date": day}, child_id=story.population.identifier[who],
        concern=pick(rng, {"sexual": 0.65, "criminal": 0.25, "trafficking": 0.03, "radicalisation": 0.05, "other": 0.02}, len(day)),
        risk=pick(rng, {"low": 0.4, "medium": 0.4, "high": 0.2}, len(day)),
    )  # fmt: skip
    return frame[~frame.duplicated(["child_id", "date", "concern"])].reset_index(drop=True)


# --- homes and participation -----------------------------------------------------------------------

_HOMES = (("SC900001", "Harbour House", True), ("SC900002", "Moor View", True), ("SC900003", "Castle Lodge", True),
          ("SC900004", "Barley Mead", False), ("SC900005", "Old Rectory", False))  # fmt: skip


def _homes(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    """Each home is inspected twice a year. Invented homes; their judgements improve."""
    held = [(home, q, int(spread(rng, q, 1)[0])) for q in told for n, home in enumerate(_HOMES) if (q.number + n) % 2]
    good = {True: {"outstanding": 0.3, "good": 0.7}, False: {"good": 0.75, "requires_improvement": 0.25}}
    day = np.asarray([d for *_, d in held])
    judged = [pick(rng, good[home[2] and q.year >= 2017], 1)[0] for home, q, _ in held]
    return gather(
        day, {"inspection_date": day}, home_urn=[h[0] for h, *_ in held], name=[h[1] for h, *_ in held],
        judgement=judged, in_house=[h[2] for h, *_ in held],
    )  # fmt: skip


def _interventions(story: Story, rng, told: list[Quarter]) -> pd.DataFrame:
    rows = []
    for quarter in told:
        mean = story.parameters.of(quarter)["quality"]["interventions_a_home_month"]
        for month in range(3):
            first = number(quarter.start.replace(month=quarter.start.month + month))
            rows += [(home[0], first, int(rng.poisson(mean))) for home in _HOMES if home[2]]
    urn, month, incidents = zip(*rows, strict=True)
    # A month's count is known when the month is over.
    known = np.asarray(month) + 27
    return gather(known, {"month": np.asarray(month)}, home_urn=list(urn), incidents=list(incidents))


def _participation(story: Story, told: list[Quarter]) -> pd.DataFrame:
    rows = []
    for quarter in told:
        year, day = story.parameters.of(quarter)["quality"], number(quarter.end)
        statements = 90 + 6 * (quarter.year - 2014) + 3 * quarter.number
        rows += [(day, "app_accounts_young_people", year["young_people_accounts"]),
                 (day, "app_accounts_workers", year["worker_accounts"]), (day, "app_statements", statements),
                 (day, "app_good_news_statements", round(statements * year["good_news_statements_percent"] / 100))]  # fmt: skip
        if quarter.number == 3:
            rows.append((day, "make_your_mark_votes", 3100 + 240 * (quarter.year - 2014)))
    days, measure, value = zip(*rows, strict=True)
    return gather(
        np.asarray(days), {"date": np.asarray(days)}, measure=list(measure), value=np.asarray(value, dtype=float)
    )
