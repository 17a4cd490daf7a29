"""Examples -> weights: a conditional logit for ranking, a logistic regression for confidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression

from retriever.answering.ranker import Ranker, standardise
from retriever.learning import Flags, Floats, Regression, standard_scores

# Strength of the ranker's penalty on standardised weights, and of the regression's (scikit-learn's C); the best of
# five each, a factor of three apart, leaving one article out.
RANKER_PENALTY = 0.03
REGRESSION_C = 0.05


def fit_ranker(lists: Sequence[tuple[Floats, Flags]]) -> Ranker:
    """Fit the ranker on features, float32 (n, n_features), and gold, bool (n,), one pair a question."""
    return Ranker(fit_choice([(standardise(features), gold) for features, gold in lists], RANKER_PENALTY))


def fit_choice(lists: Sequence[tuple[Floats, Flags]], penalty: float, counts: Sequence[float] | None = None) -> Floats:
    """Maximise the mean log-probability that a softmax over each list gives to what is right, by L-BFGS.

    Args:
        lists: rows, float32 (n, n_columns), and which are right, bool (n,), at least one; one pair a question.
        penalty: L2 penalty: half of it times the sum of squared weights, for columns of unit deviation.
        counts: the weight of each list; None for equal weights.

    Returns:
        float32 (n_columns,), weights for the columns as they are.
    """
    rows = np.concatenate([features for features, _ in lists]).astype(np.float64)
    gold = np.concatenate([flags for _, flags in lists]).astype(np.float64)
    sizes = np.array([len(flags) for _, flags in lists])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    of_list = np.repeat(np.arange(len(sizes)), sizes)
    shares = np.ones(len(sizes)) if counts is None else np.asarray(counts)
    shares = shares / shares.sum()
    scale = rows.std(axis=0) + 1e-6
    rows /= scale

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = rows @ weights
        exponentials = np.exp(scores - np.maximum.reduceat(scores, starts)[of_list])
        every = np.add.reduceat(exponentials, starts)
        right = np.add.reduceat(exponentials * gold, starts)
        value = shares @ (np.log(every) - np.log(right)) + penalty / 2 * weights @ weights
        slope = rows.T @ (shares[of_list] * exponentials * (1 / every[of_list] - gold / right[of_list]))
        return float(value), slope + penalty * weights

    found = minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    return np.asarray(found.x / scale, dtype=np.float32)


def fit_regression(
    signals: Floats, outcome: Flags, weights: NDArray[np.float64], strength: float = REGRESSION_C
) -> Regression:
    """Fit a probability, by logistic regression on standard scores.

    Args:
        signals: float32 (n_examples, n_signals).
        outcome: bool (n_examples,).
        weights: float64 (n_examples,), the weight of each example; 0 leaves it out.
        strength: scikit-learn's C.
    """
    used = weights > 0
    means, deviations = signals[used].mean(axis=0), signals[used].std(axis=0) + 1e-6
    regression = LogisticRegression(C=strength, max_iter=3000)
    regression.fit(standard_scores(signals[used], means, deviations), outcome[used], sample_weight=weights[used])
    return Regression(means, deviations, regression.coef_[0].astype(np.float32), float(regression.intercept_[0]))
