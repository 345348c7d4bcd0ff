"""What models and surveys are asked, and who answers.

The taxonomy of topics, what survey answers say about them, the guide for labels, prompts as versioned files, and the
protocol of language models.
"""

from .labelling_guide import LabellingGuide, LabelMeaning
from .language_model import (
    ChoiceRequest,
    Completion,
    Decoding,
    Failure,
    LanguageModel,
    Outcome,
    PromptId,
    Request,
    ScoringNotSupportedError,
    Usage,
)
from .prompt_files import Prompt, prompt_names
from .survey_map import SurveyMap, SurveyQuestion
from .taxonomy import POLARITIES, Examples, Polarity, Taxonomy, Topic

__all__ = [
    "POLARITIES",
    "ChoiceRequest",
    "Completion",
    "Decoding",
    "Examples",
    "Failure",
    "LabelMeaning",
    "LabellingGuide",
    "LanguageModel",
    "Outcome",
    "Polarity",
    "Prompt",
    "PromptId",
    "Request",
    "ScoringNotSupportedError",
    "SurveyMap",
    "SurveyQuestion",
    "Taxonomy",
    "Topic",
    "Usage",
    "prompt_names",
]
