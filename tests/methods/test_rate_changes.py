"""Comparisons of rates: hand-worked values, published formulas, and what must hold of any numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.methods.rate_changes import (
    cluster_dispersion,
    homogeneity,
    rate_change,
    seasonal_dispersion,
    share_change,
    successive_dispersion,
)

COUNTS = st.integers(1, 400)


def test_two_counts_are_compared_as_by_hand():
    # 144 against 100 in as long: log ratio 0.3646, standard error sqrt(1/100 + 1/144) = 0.1302.
    found = rate_change(100, 365, 144, 365)
    assert found.ratio == pytest.approx(1.44)
    assert (found.lower, found.upper) == pytest.approx(
        (1.44 * np.exp(-1.959964 * 0.130171), 1.44 * np.exp(1.959964 * 0.130171)), rel=1e-5
    )
    # The score test: (144 - 122) / sqrt(244 / 4) = 2.8168.
    assert found.p == pytest.approx(2 * stats.norm.sf(22 / np.sqrt(61)))
    assert found.expected == 100
    assert found.up


def test_strata_are_those_of_rothman():
    # Deaths and person-years of men by smoking, aged 45-54, 55-64 (Doll and Hill, as in Breslow and Day 1987, table 3.15):
    # rate ratio by hand from Mantel-Haenszel's formula.
    d0, t0, d1, t1 = [12, 28], [10_673, 5_710], [104, 206], [43_248, 28_612]
    over = 104 * 10_673 / 53_921 + 206 * 5_710 / 34_322
    under = 12 * 43_248 / 53_921 + 28 * 28_612 / 34_322
    variance = sum(
        (a + b) * s * t / (s + t) ** 2 for a, s, b, t in zip(d0, t0, d1, t1, strict=True)
    ) / (over * under)  # fmt: skip
    found = rate_change(d0, t0, d1, t1)
    assert found.ratio == pytest.approx(over / under)
    assert np.log(found.upper / found.ratio) == pytest.approx(1.959964 * np.sqrt(variance), rel=1e-5)


def test_a_change_in_who_is_at_risk_alone_is_no_change_in_rate():
    # The same rates in each stratum; only the exposures differ.
    found = rate_change([10, 100], [100, 100], [30, 50], [300, 50])
    assert found.ratio == pytest.approx(1.0)
    assert found.p == pytest.approx(1.0)
    assert found.expected == pytest.approx(80)


def test_dispersion_widens_the_limits_and_nothing_else():
    plain, wide = rate_change(100, 1, 150, 1), rate_change(100, 1, 150, 1, dispersion=4.0)
    assert plain.ratio == wide.ratio
    assert np.log(wide.upper / wide.ratio) == pytest.approx(2 * np.log(plain.upper / plain.ratio))
    assert wide.p > plain.p


def test_nothing_before_gives_no_ratio_but_a_p():
    found = rate_change(0, 1, 20, 1)
    assert np.isnan(found.ratio)
    assert found.p < 0.001
    assert rate_change(0, 1, 0, 1).p == 1


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="negative"):
        rate_change(-1, 1, 1, 1)
    with pytest.raises(ValueError, match="without exposure"):
        rate_change(3, 0, 1, 1)
    with pytest.raises(ValueError, match="dispersion"):
        rate_change(3, 1, 1, 1, dispersion=0.5)


@given(COUNTS, COUNTS, st.floats(1, 5))
def test_backwards_is_the_inverse(before, after, dispersion):
    there, back = rate_change(before, 1, after, 1, dispersion), rate_change(after, 1, before, 1, dispersion)
    assert there.ratio * back.ratio == pytest.approx(1)
    assert there.lower * back.upper == pytest.approx(1)
    assert there.p == pytest.approx(back.p)


@given(COUNTS, COUNTS, st.floats(0.1, 10))
def test_the_p_value_agrees_with_the_binomial_test(before, after, exposure):
    """With half of the step that was observed (mid-p), as a score test leaves out the correction for steps."""
    found, both, share = rate_change(before, 1.0, after, exposure), before + after, exposure / (1 + exposure)
    assume(both * min(share, 1 - share) >= 5)
    below = stats.binom.cdf(after, both, share) - stats.binom.pmf(after, both, share) / 2
    assert found.p == pytest.approx(2 * min(below, 1 - below), abs=0.05)


def test_shares_are_compared_as_newcombe_does():
    # Newcombe 1998, table II, example (a): 56/70 and 48/80, limits of method 10 0.0524 and 0.3339.
    found = share_change(48, 80, 56, 70)
    assert (found.lower, found.upper) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.share - found.share_before == pytest.approx(0.2)


def test_a_share_above_one_is_no_share():
    assert np.isnan(share_change(5, 10, 12, 10).share)
    assert np.isnan(share_change(0, 0, 1, 10).p)


def test_groups_that_change_alike_are_homogeneous_and_others_not():
    assert homogeneity([100, 50, 10], [200, 100, 20]) == pytest.approx(1)
    assert homogeneity([100, 100], [100, 200]) == pytest.approx(
        stats.chi2_contingency([[100, 100], [100, 200]], correction=False).pvalue
    )
    assert homogeneity([100, 100], [100, 200], dispersion=3.0) > homogeneity([100, 100], [100, 200])
    assert homogeneity([10], [90]) == 1
    assert homogeneity([0, 0], [3, 4]) == 1


def test_clusters_widen_by_their_size():
    assert cluster_dispersion(["a", "b", "c"]) == 1
    assert cluster_dispersion(["a", "a", "b", "b"]) == 2
    # One of three and three single ones: (9 + 3) / 6.
    assert cluster_dispersion(list("aaabcd")) == 2
    assert cluster_dispersion([]) == 1


def test_a_step_hardly_counts_as_variation_from_one_to_the_next():
    level = [10, 10, 10, 10, 10, 10, 20, 20, 20, 20, 20, 20]
    assert successive_dispersion(level) == 1
    assert successive_dispersion([5, 15] * 6) == pytest.approx(11 * 100 / (11 * 20))
    assert successive_dispersion([4, 9]) == 1
    assert successive_dispersion([0, 0, 0, 0]) == 1


def test_successive_dispersion_of_poisson_counts_is_about_one():
    counts = np.random.default_rng(3).poisson(30, 4000)
    assert successive_dispersion(counts) == pytest.approx(1.0, abs=0.06)


def test_a_season_and_a_years_level_hardly_count_as_variation():
    season = np.array([10, 20, 30, 40, 50, 60, 60, 50, 40, 30, 20, 10])
    assert seasonal_dispersion(np.concatenate([season, 2 * season])) == pytest.approx(1)
    counts = np.random.default_rng(4).poisson(np.tile(season, 200))
    assert seasonal_dispersion(counts) == pytest.approx(1.0, abs=0.1)
    # Months of 5 and 15 that change places from year to year: each is 5 off the 10 expected, 24 x 25 / 10 over 11.
    assert seasonal_dispersion([5, 15] * 6 + [15, 5] * 6) == pytest.approx(60 / 11)


def test_a_single_year_says_nothing_of_its_season():
    assert seasonal_dispersion([1, 2] * 6) == np.inf
