"""What counts as drift: every rule and number in one place.

A change is drift if it is beyond chance and large enough to matter:

* beyond chance: its p-value is under `SIGNIFICANCE`, which the aspects examined share equally (Bonferroni), so that
  unchanged data are called drifted, in any aspect, in at most one of twenty comparisons. Within an aspect p-values are
  corrected for their number (Holm, 1979). They come from the standard error of a bootstrap over physicians, who keep
  their notes of both periods together, and Student's t for the number of physicians, those with few notes counting
  less (Kish, 1965).
* large enough: at least the effect below.

`too few to say` stands where either side has under five physicians or thirty items; where a change is large enough and
would be beyond chance if its aspect were the only one; and where the 95 % intervals do not exclude what matters: the
interval of a figure that stands for its aspect alone must lie within the effect below, of several figures half the
intervals within twice that. Everything else is `stable`.
"""

from __future__ import annotations

SIGNIFICANCE = 0.05

SHARE_EFFECT = 0.15
"""Cohen's h (1988) of two shares: 3 % doubled, or 20 % to 26.5 %; a little under his `small` of 0.2."""
MEAN_EFFECT = 0.2
"""Cohen's d, the difference in standard deviations; his `small`."""
UNSEEN_WORDS_EFFECT = 0.02
"""Two more of a hundred words that no other physician's old notes have."""
WORD_EFFECT = 0.003
"""Three more or fewer of a thousand words are this one: in notes of thirty words, about every tenth note."""
UNSEEN_CHARACTERS_EFFECT = 0.002
"""Two more of a thousand characters."""
STABILITY_EFFECT = 0.1
"""Population stability index of the claimed probabilities; by custom 0.1 is a moderate shift and 0.25 a large one."""
CALIBRATION_EFFECT = 0.05
"""Probabilities that are off by five points more, or in another direction."""
CLASSIFIER_EFFECT = 0.1
"""Area under the ROC curve above one half, of a classifier that tells new notes from old."""

LEAST_ITEMS = 30
"""Items (notes, claims) a side under which nothing is said."""
EXCLUDED = 2.0
"""Of several figures, half must be known to have changed by less than so many times the effect."""
POWER = 0.8
"""Chance with which a change `would have been seen`."""
