"""Funnel plots: exact limits against chi-squared and F quantiles, dispersion by hand, and what widening must keep."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.methods import funnel_plots
from analysis.methods.funnel_plots import PROPORTION, RATE


@pytest.mark.parametrize("expected", [0.4, 3, 12.5, 96, 511])
@pytest.mark.parametrize("level", [0.95, 0.998])
def test_poisson_limits_lie_where_chi_squared_quantiles_say(expected, level):
    """A limit of c events at a mean m has chi-squared (2m, 2(r + 1) degrees of freedom) of p between its two counts."""
    ((lower, upper),) = funnel_plots.exact_limits(RATE, [expected], 1.0, [level])[:, :, 0]
    for limit, p in ((lower, (1 - level) / 2), (upper, (1 + level) / 2)):
        events = limit * expected
        r = np.ceil(events - 1e-9)
        at, below = stats.chi2.sf(2 * expected, 2 * (r + 1)), stats.chi2.sf(2 * expected, 2 * r) if r > 0 else 0.0
        if limit > 0:
            assert below <= p <= at
            assert events == pytest.approx(r - (at - p) / (at - below))
        else:
            assert stats.chi2.sf(2 * expected, 2) > p


@pytest.mark.parametrize(("trials", "target"), [(40, 0.1), (391, 0.2), (511, 0.16), (8, 0.5)])
def test_binomial_limits_lie_where_beta_quantiles_say(trials, target):
    """P(R <= r) of a binomial is the beta distribution's upper tail: Clopper and Pearson's identity."""
    for position, level in enumerate((0.95, 0.998)):
        limits = funnel_plots.exact_limits(PROPORTION, [trials], target)[position, :, 0]
        for limit, p in zip(limits, ((1 - level) / 2, (1 + level) / 2), strict=True):
            r = np.ceil(limit * trials - 1e-9)
            at = stats.beta.sf(target, r + 1, trials - r) if r < trials else 1.0
            below = stats.beta.sf(target, r, trials - r + 1) if r > 0 else 0.0
            assert below - 1e-12 <= p <= at + 1e-12


def test_a_limit_worked_by_hand():
    """Mean 2: P(0) = .1353, P(<=5) = .98344, P(<=4) = .94735. Of .975: r = 5, 5 - (.98344 - .975) / .03609 = 4.766."""
    limits = funnel_plots.exact_limits(RATE, [2.0], 1.0, [0.95])
    assert limits[0, 1, 0] * 2 == pytest.approx(4.766, abs=0.001)
    assert limits[0, 0, 0] == 0  # P(0) is already above .025: no count is too low


def test_scores_are_exact_mid_p():
    """None where 3 were expected: mid-p = exp(-3) / 2 = .0249."""
    assert funnel_plots.scores(RATE, [0], [3], 1.0)[0] == pytest.approx(stats.norm.ppf(np.exp(-3) / 2))
    assert funnel_plots.scores(PROPORTION, [4], [4], 0.5)[0] == pytest.approx(-stats.norm.ppf(0.5**4 / 2))
    assert np.isfinite(funnel_plots.scores(RATE, [0, 90_000], [5_000, 100], 1.0)).all()


def test_dispersion_is_winsorised():
    """Twenty scores: two at each end are pulled in to the third, so 100 counts as 2 does."""
    z = [-100, -50, *[-2.0] * 4, *[0.0] * 8, *[2.0] * 4, 60, 100]
    assert funnel_plots.dispersion(z, consistent=False) == pytest.approx(12 * 4 / 20)
    assert funnel_plots.dispersion(z) == pytest.approx(12 * 4 / 20 / 0.6787, rel=1e-3)
    assert np.isnan(funnel_plots.dispersion(z[:19]))


def test_variance_between_units_by_hand():
    """25 units of size 100: weights 400 each; (25 * 3 - 24) / (10,000 - 400) = .0053125."""
    assert funnel_plots.between_units(3.0, [100] * 25) == pytest.approx(np.sqrt(0.0053125))
    assert funnel_plots.between_units(0.5, [100] * 25) == 0


def test_chance_alone_is_not_called_overdispersed_and_few_are_outside():
    rng = np.random.default_rng(5)
    sizes = np.exp(rng.uniform(np.log(300), np.log(8_000), 3_000))
    found = funnel_plots.funnel(RATE, rng.poisson(sizes * 0.05), sizes, target=0.05)
    assert not found.overdispersed
    assert (found.beyond == found.beyond_adjusted).all()
    assert 0.035 < (found.beyond != 0).mean() < 0.06
    assert (np.abs(found.beyond) == 2).mean() < 0.006


def test_differences_between_units_widen_the_limits_and_are_estimated():
    """Areas whose true rates have a standard deviation of .03 on the scale of the square root."""
    rng = np.random.default_rng(6)
    sizes = np.exp(rng.uniform(np.log(2_000), np.log(80_000), 600))
    rates = np.square(np.sqrt(0.05) + rng.normal(0, 0.03, 600))
    found = funnel_plots.funnel(RATE, rng.poisson(sizes * rates), sizes, target=0.05)
    assert found.overdispersed
    assert (np.abs(found.beyond) == 2).mean() > 0.5
    assert (found.beyond_adjusted != 0).mean() < 0.12
    assert found.between == pytest.approx(0.03, rel=0.25)


def test_one_unit_far_out_is_still_found():
    rng = np.random.default_rng(7)
    sizes, observed = np.full(60, 400), rng.binomial(400, 0.2, 60)
    observed[10] = 200
    found = funnel_plots.funnel(PROPORTION, observed, sizes, target=0.2)
    assert not found.overdispersed
    assert found.beyond_adjusted[10] == 2


def test_adjustment_can_be_left_out():
    found = funnel_plots.funnel(RATE, [1, 400] * 20, [200] * 40, adjust=False)
    assert np.isnan(found.dispersion)
    assert (found.limits([50, 100]) == found.limits([50, 100], adjusted=True)).all()


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="not of 'mean'"):
        funnel_plots.funnel("mean", [1], [2])
    with pytest.raises(ValueError, match="above 0"):
        funnel_plots.funnel(RATE, [1], [0])
    with pytest.raises(ValueError, match="missing or negative"):
        funnel_plots.funnel(RATE, [float("nan")], [5])
    with pytest.raises(ValueError, match="can't exceed"):
        funnel_plots.funnel(PROPORTION, [6], [5])
    with pytest.raises(ValueError, match="target"):
        funnel_plots.funnel(RATE, [0, 0], [5, 5])


def test_none_at_all():
    found = funnel_plots.funnel(RATE, [], [])
    assert found.value.size == 0
    assert not found.overdispersed


SIZES = st.lists(st.integers(1, 5_000), min_size=1, max_size=30)


@given(SIZES, st.floats(0.001, 0.999), st.sampled_from([RATE, PROPORTION]))
def test_limits_hold_the_target_between_them_and_nest(sizes, target, kind):
    limits = funnel_plots.exact_limits(kind, sizes, target)
    step = 1 / np.asarray(sizes)  # of a count or less: skewed and discrete, a limit can sit a whole count off the mean
    assert (limits[:, 0] <= target + step).all()
    assert (limits[:, 1] >= target - step).all()
    assert (limits[1, 0] <= limits[0, 0]).all()
    assert (limits[1, 1] >= limits[0, 1]).all()


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(300, 900)), min_size=20, max_size=40))
def test_widened_limits_never_call_a_unit_that_chance_excuses(units):
    observed, sizes = zip(*units, strict=True)
    if not sum(observed):
        return
    found = funnel_plots.funnel(PROPORTION, observed, sizes)
    assert (np.abs(found.beyond_adjusted) <= np.abs(found.beyond)).all()
    assert found.between >= 0


@given(
    st.lists(st.integers(1, 400_000), min_size=1, max_size=20),
    st.floats(1e-6, 0.9),
    st.sampled_from([0.001, 0.025, 0.975, 0.999]),
)
def test_quantiles_are_those_of_the_distributions(sizes, target, p):
    size = np.asarray(sizes, float)
    rate = funnel_plots._quantile(RATE, p, size, target)
    assert (rate == stats.poisson.ppf(p, size * target)).all()
    trials = np.minimum(size, 5_000)
    assert (funnel_plots._quantile(PROPORTION, p, trials, target) == stats.binom.ppf(p, trials, target)).all()
