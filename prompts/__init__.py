"""What models and surveys are asked: the taxonomy of topics, and what survey answers say about them."""

from .survey_map import SurveyMap, SurveyQuestion
from .taxonomy import POLARITIES, Examples, Polarity, Taxonomy, Topic

__all__ = ["POLARITIES", "Examples", "Polarity", "SurveyMap", "SurveyQuestion", "Taxonomy", "Topic"]
