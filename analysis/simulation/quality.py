"""How good the work is: case file audits, what the families of audited cases say, complaints."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.reference.quarters import Quarter
from analysis.simulation.days import add_working, number, on_working_day, pick, stream
from analysis.simulation.drawing import allot, spread, spread_by_month
from analysis.simulation.parameters import Parameters
from analysis.simulation.rows import Gathered, gather, team_names
from analysis.simulation.story import Story

# The first is answered for every case; the others, where they apply.
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
_GRADES = {"outstanding": 0.05, "good": 0.5, "requires_improvement": 0.4, "inadequate": 0.05}
_NOT_APPLICABLE = 0.05
_THEMES = {"Communication": 0.3, "Conduct of a worker": 0.25, "Delay": 0.2, "Disputed decision": 0.25}
_FOUND = {"not_upheld": 0.45, "partly_upheld": 0.3, "upheld": 0.2, "withdrawn": 0.05}
# A complaint goes on to stage 2 within so many days of the response.
_GOES_ON = 90


def quality(story: Story, told: list[Quarter]) -> Gathered:
    """Audits, feedback and complaints, in the numbers and with the answers that the parameters give."""
    audits = _audited(story, stream(story.seed, "audits"), told)
    return {
        "case_audits": _answers(story, stream(story.seed, "audit answers"), told, audits),
        "family_feedback": _feedback(story, stream(story.seed, "feedback"), told, audits),
        "complaints": _complaints(story, stream(story.seed, "complaints"), told),
    }


def _team_of(parameters: Parameters, rng: np.random.Generator, service: np.ndarray) -> np.ndarray:
    names = team_names(parameters)
    localities = names[1:-3]
    where = {"front_door": names[:1], "protection": localities, "looked_after": names[-3:-1],
             "care_leavers": names[-1:], "early_help": localities}  # fmt: skip
    chance = rng.random(len(service))
    return np.asarray([where[s][int(c * len(where[s]))] for s, c in zip(service, chance, strict=True)], dtype=object)


def _percents(story: Story, told: list[Quarter], month: np.ndarray, name: str) -> np.ndarray:
    """The percentage of each row's month (numbered from the first quarter's first), as a share."""
    each = [share for quarter in told for share in story.parameters.percent(quarter, "quality", name)]
    return np.asarray(each)[month]


# --- audits and feedback ------------------------------------------------------------------------------------------


def _audited(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """A row a case audited: its day, the number of its month, service and team."""
    counts = [story.parameters.by_month(quarter, "quality", "audits") for quarter in told]
    day = np.concatenate([spread_by_month(rng, q, each) for q, each in zip(told, counts, strict=True)])
    service = pick(rng, _SERVICES, len(day))
    return pd.DataFrame({
        "day": day, "month": np.repeat(np.arange(3 * len(told)), np.concatenate(counts)), "service": service,
        "team": _team_of(story.parameters, rng, service),
    })  # fmt: skip


def _answers(story: Story, rng: np.random.Generator, told: list[Quarter], audits: pd.DataFrame) -> pd.DataFrame:
    """A row a case and question. Of a month's answers about the level of decisions, the share that is yes is exact
    but for rounding."""
    grade = pick(rng, _GRADES, len(audits))
    month = audits["month"].to_numpy()
    share = _percents(story, told, month, "decisions_at_right_level_percent")
    frames = []
    for place, (theme, question) in enumerate(_QUESTIONS):
        if place == 0:
            yes, blank = _rounded(rng, month, share), np.zeros(len(audits), dtype=bool)
        else:
            yes = allot(rng, month, _percents(story, told, month, "other_answers_yes_percent"))
            blank = rng.random(len(audits)) < _NOT_APPLICABLE
        answer = np.where(yes, "yes", pick(rng, {"partly": 0.6, "no": 0.4}, len(audits)))
        frames.append(
            gather(
                audits["day"], {"date": audits["day"]}, audit_id=[f"AUD{n + 1:05d}" for n in range(len(audits))],
                team=audits["team"].to_numpy(), service=audits["service"].to_numpy(), theme=theme, question=question,
                answer=np.where(blank, "not_applicable", answer), grade=grade,
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


def _rounded(rng: np.random.Generator, group: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Marks the nearest whole number to each group's share of its rows, whatever the groups before it had."""
    found = np.zeros(len(group), dtype=bool)
    for one in np.unique(group):
        rows = rng.permutation(np.flatnonzero(group == one))
        found[rows[: int(np.floor(len(rows) * share[rows[0]] + 0.5))]] = True
    return found


def _feedback(story: Story, rng: np.random.Generator, told: list[Quarter], audits: pd.DataFrame) -> pd.DataFrame:
    """Auditors ring the families of some of the cases that they audited."""
    quarter = audits["month"].to_numpy() // 3
    asked = [
        np.sort(rng.permutation(np.flatnonzero(quarter == place))[: story.parameters.count(one, "quality", "feedback")])
        for place, one in enumerate(told)
    ]
    rows = audits.iloc[np.concatenate(asked)].reset_index(drop=True)
    month = rows["month"].to_numpy()
    frames = []
    for question, name in _FEEDBACK.items():
        yes = allot(rng, month // 3, _percents(story, told, month, name))
        frames.append(
            gather(
                rows["day"], {"date": rows["day"]}, feedback_id=[f"FB{n + 1:05d}" for n in range(len(rows))],
                team=rows["team"].to_numpy(), service=rows["service"].to_numpy(), question=question,
                answer=np.where(yes, "yes", pick(rng, {"no": 0.6, "unsure": 0.4}, len(rows))),
            )
        )  # fmt: skip
    return pd.concat(frames, ignore_index=True)


# --- complaints ---------------------------------------------------------------------------------------------------


def _complaints(story: Story, rng: np.random.Generator, told: list[Quarter]) -> pd.DataFrame:
    """Stage 1, and those of them that go on to stage 2: in each quarter as many as the parameters say."""
    counts = [story.parameters.count(quarter, "quality", "complaints") for quarter in told]
    day = np.concatenate([spread(rng, quarter, count) for quarter, count in zip(told, counts, strict=True)])
    # Most are answered within ten working days, nearly all the others within twenty.
    taken = np.where(rng.random(len(day)) < 0.62, rng.integers(3, 11, len(day)), rng.integers(11, 23, len(day)))
    answered = add_working(day, taken)
    found = pick(rng, _FOUND, len(day))
    further, when = _further(story, rng, told, answered, found)
    longer = np.where(
        rng.random(len(further)) < 0.3, rng.integers(15, 26, len(further)), rng.integers(26, 70, len(further))
    )
    service = pick(rng, _SERVICES, len(day))
    team, theme = _team_of(story.parameters, rng, service), pick(rng, _THEMES, len(day))
    names = np.asarray([f"CMP{n + 1:05d}" for n in range(len(day))], dtype=object)
    every = np.concatenate([np.arange(len(day)), further])
    received = np.concatenate([day, when])
    return gather(
        received, {"received_date": received, "response_date": np.concatenate([answered, add_working(when, longer)])},
        complaint_id=names[every], stage=np.repeat(["1", "2"], [len(day), len(further)]).astype(object),
        team=team[every], theme=theme[every],
        outcome=np.concatenate([found, pick(rng, {k: v for k, v in _FOUND.items() if k != "withdrawn"}, len(further))]),
    )  # fmt: skip


def _further(
    story: Story, rng: np.random.Generator, told: list[Quarter], answered: np.ndarray, found: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """(complaint, day) of each that goes on to stage 2: answered in the weeks before, and not withdrawn."""
    taken = found == "withdrawn"
    rows, days = [], []
    for quarter in told:
        first, last = number(quarter.start), number(quarter.end)
        for _ in range(story.parameters.count(quarter, "quality", "complaints_stage2")):
            able = np.flatnonzero(~taken & (answered < last - 5) & (answered > first - _GOES_ON + 10))
            if not len(able):
                continue
            row = int(rng.choice(able))
            earliest = max(first, int(answered[row]) + 3)
            day = int(on_working_day(np.asarray([rng.integers(earliest, last + 1)]), back=True)[0])
            taken[row] = True
            rows.append(row)
            days.append(max(day, int(on_working_day(np.asarray([earliest]))[0])))
    return np.asarray(rows, dtype=np.int64), np.asarray(days, dtype=np.int64)
