"""How good the work is: case file audits, what families say, complaints."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import add_working, number, on_working_day, pick, stream
from analysis.simulation.early_help import spread
from analysis.simulation.rows import Gathered, gather, team_names
from analysis.simulation.story import Story

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


def quality(story: Story, told: list[Quarter]) -> Gathered:
    rng = stream(story.seed, "quality")
    return {
        "case_audits": _audits(story, rng, told),
        "family_feedback": _feedback(story, rng, told),
        "complaints": _complaints(story, rng, told),
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
