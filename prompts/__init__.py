"""What models and surveys are asked, and who answers.

The taxonomy of topics, what survey answers say about them, the guide for labels, prompts as versioned files, and
language models on this machine or behind an endpoint. Nothing here takes patient identifiers out of a text: only what
is redacted may be asked about.
"""

from .adapter import AdapterCard
from .answer_cache import AnswerCache, answer_key
from .asking import Answer, Progress, ask_all, score_all
from .budget import Budget, Prices
from .endpoint import Endpoint
from .endpoint_connection import EndpointRefusedError
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
from .local_model import LocalModel
from .prompt_files import Prompt, prompt_names
from .rehearsal import Rehearsal
from .survey_map import SurveyMap, SurveyQuestion
from .taxonomy import POLARITIES, Examples, Polarity, Taxonomy, Topic
from .tuning import Lesson, TuningOptions, tune
from .within_budget import WithinBudget

__all__ = [
    "POLARITIES",
    "AdapterCard",
    "Answer",
    "AnswerCache",
    "Budget",
    "ChoiceRequest",
    "Completion",
    "Decoding",
    "Endpoint",
    "EndpointRefusedError",
    "Examples",
    "Failure",
    "LabelMeaning",
    "LabellingGuide",
    "LanguageModel",
    "Lesson",
    "LocalModel",
    "Outcome",
    "Polarity",
    "Prices",
    "Progress",
    "Prompt",
    "PromptId",
    "Rehearsal",
    "Request",
    "ScoringNotSupportedError",
    "SurveyMap",
    "SurveyQuestion",
    "Taxonomy",
    "Topic",
    "TuningOptions",
    "Usage",
    "WithinBudget",
    "answer_key",
    "ask_all",
    "prompt_names",
    "score_all",
    "tune",
]
