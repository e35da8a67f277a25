"""Which candidates truly drive a channel: least squares with standard errors that know of autocorrelation.

Readings a second apart repeat one another, so ordinary p-values find a driver in any slow wander. The errors
here are those of Newey & West, Econometrica 55 (1987) 703-708, with the bandwidth of Andrews, Econometrica 59
(1991) 817-858, equation 6.4, and the wider quantiles which a long bandwidth needs: Kiefer & Vogelsang,
Econometric Theory 21 (2005) 1130-1164, table 1.
"""

import warnings
from typing import NamedTuple

import numpy as np
from statsmodels.regression.linear_model import OLS

from models.expectation import Sample
from models.residual import DRIVERS
from models.row import Array

LEAST_SHARE = 0.05
"""Of the variance: a driver without which nearly as much is explained is none."""
LONGEST = 0.5
"""Bandwidth as a share of the sample, at most."""
_SHOWN = np.polynomial.Polynomial((1.9600, 2.9694, 0.4160, -0.5324))
_KEPT = np.polynomial.Polynomial((2.3263, 4.1618, 0.5368, -0.9060))
"""97.5 and 99 % quantiles of t for a Bartlett kernel whose bandwidth is that share of the sample: an interval
of 95 % is shown, one of 98 % must not hold zero."""


class Chosen(NamedTuple):
    """The drivers that explain a channel.

    columns : of the candidates, rising; none where nothing explains it
    margins : half the width of the 95 % interval of each coefficient
    """

    columns: tuple[int, ...]
    margins: tuple[float, ...]


class _Fit(NamedTuple):
    """One regression, (k,) each: margins of 95 %, whether told from zero, and the share lost without each."""

    margins: Array
    told: Array
    gains: Array


def choose(of: Sample) -> Chosen:
    """Begin with all candidates that move, and drop the weakest while there is one that is not needed.

    Not needed is a driver whose coefficient is not told from zero, or without which nearly as much is
    explained; and more than DRIVERS are never kept.
    """
    columns = [k for k in range(of.D.shape[1]) if np.std(of.D[:, k]) > 1e-9 * np.max(np.abs(of.D[:, k]))]
    while columns:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of collinear drivers: one of them is dropped, here
            found = _regress(of.y, of.D[:, columns])
        needed = found.told & (found.gains >= LEAST_SHARE)
        if needed.all() and len(columns) <= DRIVERS:
            return Chosen(tuple(columns), tuple(found.margins.tolist()))
        weakest = int(np.argmin(np.where(needed, 1.0 + found.gains, found.gains)))
        del columns[weakest]
    return Chosen((), ())


def _regress(y: Array, D: Array) -> _Fit:
    """Regress y on all columns of D."""
    spread = np.std(D, axis=0)
    X = np.column_stack([np.ones(len(y)), (D - D.mean(axis=0)) / spread])
    plain = OLS(y, X).fit()
    lags = bandwidth(X[:, 1:] * plain.resid[:, None])
    robust = OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True})
    errors = np.nan_to_num(np.asarray(robust.bse)[1:], nan=np.inf)
    total = max(float(np.var(y)) * len(y), 1e-300)
    gains = [(OLS(y, np.delete(X, k, axis=1)).fit().ssr - plain.ssr) / total for k in range(1, X.shape[1])]
    share = (lags + 1) / len(y)
    told = np.abs(np.asarray(plain.params)[1:]) > _KEPT(share) * errors
    return _Fit(_SHOWN(share) * errors / spread, told, np.array(gains))


def bandwidth(V: Array) -> int:
    """Return for how many lags products of driver and residual still resemble themselves.

    V : (n, k), each column taken for an autoregression of first order, its bias in short samples made up for
        (Kendall, Biometrika 41 (1954) 403-404)
    """
    before, after = V[:-1], V[1:]
    rho = (before * after).sum(axis=0) / np.maximum((before**2).sum(axis=0), 1e-300)
    rho = np.clip(rho + (1.0 + 3.0 * rho) / len(V), -0.995, 0.995)
    weight = np.var(after - rho * before, axis=0) ** 2
    top = (weight * 4.0 * rho**2 / ((1.0 - rho) ** 6 * (1.0 + rho) ** 2)).sum()
    alpha = top / max(float((weight / (1.0 - rho) ** 4).sum()), 1e-300)
    return int(np.clip(1.1447 * np.cbrt(alpha * len(V)), 1, LONGEST * len(V)))
