"""Does the growth review name the cause? Authorities with a known one, seed after seed, and what the review says of each.

    python benchmarks/growth_causes.py [--seeds 100] [--first 1] [--jobs 1] [--scenario NAME]... [--share 0.25 0.5 0.75]

Every number of events is drawn by chance around the scenario's, who they happen to as well. The review sees what the
returns of April 2015 to March 2018 hold (`tests/reviews/test_growth_causes.py` holds that to the returns themselves) and
compares 2017-18 with 2016-17. Prints a table in Markdown. `--share`: with parts of each change only. `--calibrated`: the
calibrated authority instead, a row a seed.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.reference.project import authority
from analysis.reference.quarters import Quarter
from analysis.reviews.growth.causes import diagnose
from analysis.simulation.scenarios import Scenario, names, scenario
from analysis.simulation.seen import protection_seen

FIRST, LAST = Quarter(2015, 1), Quarter(2017, 4)
PERIOD, BEFORE = ((dt.date(year, 4, 1), dt.date(year + 1, 3, 31)) for year in (2017, 2016))


def told(case: tuple[str, float, int]) -> str:
    """What the review says of a scenario, with a share of its change, for a seed."""
    name, share, seed = case
    known = protection_seen(FIRST, LAST, seed, vary=True, scenario=scenario(name).strengthened(share))
    found = diagnose(known, PERIOD, BEFORE, teams=authority().teams, known_from=FIRST.start)
    return "not known" if found is None else found.called


def calibrated(seed: int) -> str:
    """A row of what the review says of the calibrated authority: cause, share of ends, and what stands behind starts."""
    found = diagnose(
        protection_seen(FIRST, LAST, seed), PERIOD, BEFORE, teams=authority().teams, known_from=FIRST.start
    )
    steps = "; ".join(f"{one.name} {one.part:+.0f}" for one in found.steps)
    first = max(found.categories, key=lambda one: one.part)
    again = found.repeats[-1]
    return (
        f"| {seed} | {found.called} | {found.share_from_ends:.0%} | {steps} | {first.name} {first.part:+d}, of "
        f"{found.split['starts']:+.0f} | {again.part:+d}, beside first plans p = {again.rest_p:.4f} |"
    )


def true_cause(one: Scenario) -> str:
    return f"{one.cause} in {one.locality}" if one.locality else one.cause


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--scenario", action="append", choices=names())
    parser.add_argument("--share", type=float, nargs="+", default=[1.0])
    parser.add_argument("--calibrated", action="store_true")
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    if options.calibrated:
        print("| seed | named | of growth, from ends | steps | category that moved most | repeat plans |")
        print("|---:|---|---:|---|---|---|")
        for seed in seeds:
            print(calibrated(seed), flush=True)
        return
    print(f"Seeds {seeds[0]} to {seeds[-1]}.\n")
    print(
        "| what was put in | share of it | named | nothing named | something else |\n|---|---:|---:|---:|---|",
        flush=True,
    )
    with ProcessPoolExecutor(options.jobs) as pool:
        for name in options.scenario or names():
            for share in options.share:
                said = Counter(pool.map(told, [(name, share, seed) for seed in seeds], chunksize=1))
                right = said.pop(true_cause(scenario(name)), 0)
                nothing = said.pop("none", 0)
                other = "; ".join(f"{what}: {count}" for what, count in said.most_common()) or "none"
                print(f"| {scenario(name).title} | {share:.0%} | {right} | {nothing} | {other} |", flush=True)


if __name__ == "__main__":
    main()
