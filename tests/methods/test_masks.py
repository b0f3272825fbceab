"""A mask with gaps chooses only what is known to be true."""

import pandas as pd

from analysis.methods.masks import certain


def test_a_gap_chooses_nothing():
    dates = pd.Series(pd.to_datetime(["2018-01-01", None, "2018-03-01"]))
    assert certain(dates < pd.Timestamp("2018-02-01")).tolist() == [True, False, False]
    text = pd.Series(["a", None, "b"], dtype="str")
    mask = certain(text == "a")
    assert mask.tolist() == [True, False, False]
    assert mask.dtype == bool
    assert certain(pd.Series([True, pd.NA], dtype="boolean")).tolist() == [True, False]
