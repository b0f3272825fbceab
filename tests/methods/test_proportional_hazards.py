"""Cox's model: statsmodels asked the same question, with entry, ties and clusters; and tests that hold their level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import survdiff

from analysis.methods.proportional_hazards import cox, log_rank, over_time


def drawn(seed: int = 3, families: int = 200, effect: float = 0.7) -> pd.DataFrame:
    """Spells of families that share a pace, watched from some way in, with ties."""
    rng = np.random.default_rng(seed)
    size = rng.integers(1, 4, families)
    family = np.repeat(np.arange(families), size)
    first, second = rng.normal(size=len(family)), (rng.random(families) < 0.4)[family]
    pace = np.exp(0.3 * first + effect * second + np.repeat(rng.normal(0, 0.5, families), size))
    length = np.ceil(rng.exponential(30 / pace))
    # Entries lie between days: statsmodels puts one who enters on a day among those at risk on it, and we after it.
    entry = np.floor(rng.random(len(family)) * 12) + 0.5
    frame = pd.DataFrame({"family": family, "first": first, "second": second.astype(float), "entry": entry,
                          "stop": np.minimum(length, 60), "ended": length <= 60})  # fmt: skip
    return frame[frame["stop"] > frame["entry"]].reset_index(drop=True)


def test_it_agrees_with_statsmodels():
    rows = drawn()
    design = rows[["first", "second"]]
    ours = cox(design, rows["stop"], rows["ended"], rows["entry"])
    model = PHReg(rows["stop"].to_numpy(), design.to_numpy(), status=rows["ended"].astype(int).to_numpy(),
                  entry=rows["entry"].to_numpy(), ties="breslow")  # fmt: skip
    theirs = model.fit()
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-6)
    grouped = model.fit(groups=rows["family"].to_numpy())
    together = cox(design, rows["stop"], rows["ended"], rows["entry"], rows["family"])
    assert np.sqrt(np.diag(together.covariance)) == pytest.approx(grouped.bse, rel=1e-5)
    # Families widen what can be said of what they share.
    assert together.covariance[1, 1] > ours.covariance[1, 1]
    table = together.ratios()
    assert table.loc["second", "ratio"] == pytest.approx(np.exp(theirs.params[1]), rel=1e-5)
    assert table.loc["second", "lower"] < table.loc["second", "ratio"] < table.loc["second", "upper"]
    assert together.joint(["second"]) == pytest.approx(table.loc["second", "p"])


def test_a_hand_worked_model():
    # Ends at 1 (x = 1), 2 (x = 0), 3 (x = 1): the likelihood e^b/(2e^b + 1) x 1/(e^b + 1) is highest at e^b = 1/sqrt(2).
    found = cox(pd.DataFrame({"x": [1.0, 0.0, 1.0]}), [1, 2, 3], [True, True, True])
    assert np.exp(found.coefficients[0]) == pytest.approx(np.sqrt(0.5))


def test_the_log_rank_test_is_statsmodels_without_ties_and_clusters():
    rng = np.random.default_rng(5)
    time, group = rng.exponential(10, 600), np.repeat(["a", "b"], 300)
    ended = rng.random(600) < 0.8
    ours, theirs = log_rank(group, time, ended), survdiff(time, ended.astype(int), group)
    assert ours[0] == pytest.approx(theirs[0], rel=0.1)
    with pytest.raises(ValueError, match="two groups"):
        log_rank(["a"], [1], [True])


def test_clusters_keep_the_level_of_the_log_rank_test():
    alone = together = 0
    for seed in range(200):
        rows = drawn(seed, families=120, effect=0.0)
        alone += log_rank(rows["second"], rows["stop"], rows["ended"], rows["entry"])[1] < 0.05
        together += log_rank(rows["second"], rows["stop"], rows["ended"], rows["entry"], rows["family"])[1] < 0.05
    assert together <= 20 < alone


def test_a_ratio_that_changes_is_seen_to():
    rng = np.random.default_rng(8)
    x = np.repeat([0.0, 1.0], 400)
    # Twice as fast for the first 10 days, half as fast after.
    early = rng.exponential(20 / np.where(x == 1, 2, 1))
    time = np.where(early > 10, 10 + rng.exponential(20 / np.where(x == 1, 0.5, 1)), early)
    design = pd.DataFrame({"x": x})
    changing = over_time(design, time, np.ones(800, bool), cut=10)
    assert changing.joint([("x", "later")]) < 0.001
    assert changing.ratios().loc["x", "ratio"] == pytest.approx(2, rel=0.25)
    steady = over_time(design, rng.exponential(20 / np.where(x == 1, 2, 1)), np.ones(800, bool), cut=10)
    assert steady.joint([("x", "later")]) > 0.01


def test_what_cant_be_fitted_says_why():
    rows = drawn()
    with pytest.raises(ValueError, match="nothing ended"):
        cox(rows[["first"]], rows["stop"], ~rows["ended"] & False, rows["entry"])
    with pytest.raises(ValueError, match="say the same"):
        cox(rows[["first"]].assign(constant=1.0), rows["stop"], rows["ended"], rows["entry"])
    with pytest.raises(ValueError, match="says alone"):
        cox(pd.DataFrame({"x": [1.0, 1, 0, 0]}), [1, 2, 5, 6], [True, True, False, False])
    with pytest.raises(ValueError, match="watched for some time"):
        cox(pd.DataFrame({"x": [1.0, 0.0]}), [1, 2], [True, True], [1, 0])
