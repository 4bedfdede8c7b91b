# SPDX-License-Identifier: Apache-2.0
"""How the tables of docs/study.md print what they print."""
import collections
import statistics


def spread(values, digits=2):
    """Median (least .. most) of what is there."""
    known = [value for value in values if value is not None]
    if not known:
        return "-"
    return f"{statistics.median(known):.{digits}f} ({min(known):.{digits}f} .. {max(known):.{digits}f})"


def counts(names):
    return ", ".join(f"{name} {n}" for name, n in collections.Counter(names).most_common())


def times(value):
    return "-" if value is None else f"{value:.2f}"


def short(name):
    """Last part of a key."""
    return name.split(".")[-1]
