"""Values as JSON that nothing in them can break out of, for prompts.

Whatever a note says, it stands in a prompt as one JSON string on one line: its quotes and line ends are escaped, and
so is every character that is not seen and every bracket that may open a token of a chat template (`<|im_end|>`, `</s>`,
`[INST]`). What a model copies from it as JSON reads as the note's own words again.
"""

from __future__ import annotations

import json
import re
import unicodedata

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_OPENS_A_TOKEN = re.compile(r"<(?![\s\d=.,])|\[(?=/?[^\W\d]\w*\])")
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def quoted(value: object) -> str:
    """JSON of a value; raises TypeError or ValueError for what JSON has no words for."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return _STRING.sub(lambda string: _harmless(string[0]), text)


def _harmless(string: str) -> str:
    without_tokens = _OPENS_A_TOKEN.sub(lambda bracket: _escape(bracket[0]), string)
    return "".join(_escape(each) if unicodedata.category(each) in _HIDDEN else each for each in without_tokens)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place : place + 2].hex()}" for place in range(0, len(units), 2))
