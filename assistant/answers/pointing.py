"""The words by which a question leaves its subject to the one before it, or announces a new one. Pure, Korean and English."""

from __future__ import annotations

import re
from collections.abc import Mapping

from knowledge.passages import Language

_ANNOUNCED = re.compile(
    r"""^\s*(?:
      (?:(?:이번엔|이번에는|다음은|이제|잠깐)[,.]?\s*)?
      (?:완전히\s*)?(?:다른|새로운?|딴)\s*(?:질문|주제|얘기|이야기|거|것|걸)[^,.:;]*?[,.:;]\s*
    | (?:방금|아까|앞|그|이)\s*\S*(?:\s*\S+)?\s*(?:됐고|됐고요|그만하고|넘어가고|말고|치우고)[,.]?\s+
    | (?:주제|화제|말)(?:를|을)?\s*(?:바꿔서?|바꾸면|돌려서?)[^,.:;]*?[,.:;]?\s+
    | (?:a\s+)?(?:completely\s+)?(?:new|different|another|separate|unrelated)\s+(?:question|topic|subject|thing)[\s,.:;-]+
    | (?:changing|to\s+change)\s+(?:the\s+)?(?:subject|topic)[\s,.:;-]+
    | on\s+(?:a|another)\s+(?:different\s+|new\s+)?(?:note|topic|subject)[\s,.:;-]+
    | (?:never\s+mind|forget)\s*(?:that|it|about\s+(?:that|it))?[\s,.:;-]+
    | (?:by\s+the\s+way|btw|moving\s+on)[\s,.:;-]+
    )""",
    re.IGNORECASE | re.VERBOSE,
)

_CONNECTIVE = re.compile(
    r"""^\s*
    (?:(?:아하?|오|음|네|응|알겠습니다|알겠어요|고마워요?|감사합니다|ok(?:ay)?|thanks|thank\s+you|i\s+see|got\s+it)[,.!]*\s+)*
    (?:그럼|그러면|그렇다면|그렇담|근데|그런데|그리고|그래서|그렇구나[.!,]?|그래도|또|혹시|반대로|then|so|and|but|also|now|well)
    (?=[\s,.])[\s,]*(?:then[\s,]+)?""",
    re.IGNORECASE | re.VERBOSE,
)

_POINTING: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"""(?:^|\s)(?:
          (?:그|이|저)(?:건|거|게|것|걸|때|놈|둘|쪽|렇게|런|중)
        | (?:그|이|저)\s(?:파드|서비스|명령|포트|방법|방식|경우|상태|값|숫자|때|다음|후|뒤|전|둘|반대|이름|주소|노드|터널|버전)
        | 거기|둘\s*(?:중|다|의|은|이)|얘|걔|앞의|앞에서|방금|아까|위의|반대의?\s
        )""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"\b(?:it|its|it's|that|those|these|this|they|them|their|there|the same|the other one|the former|the latter|both)\b",
        re.IGNORECASE,
    ),
}

_ELLIPTIC: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"""^(?:
          왜(?:요|죠|지|\s*그래요?|\s*그런가요|\s*그렇죠|\s*그런\s*거예요)?
        | (?:어떻게|언제|어디서|누가|얼마나|몇\s*\S{1,2})
          (?:요|\s*(?:해요?|하나요|하죠|하지|써요?|쓰나요|걸려요?|걸리나요|되나요|돼요))?
        | (?:명령어?|예시?|예제|장점|단점|장단점|차이점?|이유|기본값|한계|종류|방법|설정|순서|증거|확인|주의할\s*점|단축키)
          (?:은|는|이|가|을|를|도)?(?:요)?\s*(?:뭐(?:예요|야|죠|지|가\s*있\S*)?|있(?:어|나)요?|알려\s*줘(?:요)?|보여\s*줘(?:요)?|좀)?
        | (?:더|좀\s*더|자세히|더\s*자세히|쉽게|다시)\s*(?:\S*\s*)?(?:설명|말|알려|보여)\S*(?:\s*(?:줘|주세요)(?:요)?)?
        | \S+(?:려면|하면|되면|으면|면)(?:요|은요)?
        | (?:되돌|취소|확인|삭제|중지|실행)\S*(?:\s*\S+)?
        )\s*[?？.]*$""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"""^(?:
          why(?:\s+(?:not|is\s+that|so))?|how(?:\s+(?:so|come|long|many|often))?|when|where|(?:what|which)\s+(?:command|then|else)
        | (?:an?|for|show\s+me\s+an)\s+example
        | (?:the\s+)?(?:command|default|difference|limits?|downsides?|advantages?|drawbacks?)
        | (?:tell\s+me\s+)?more(?:\s+details?)?|explain(?:\s+more)?|what\s+else
        | (?:how\s+)?(?:do\s+i\s+|to\s+|can\s+i\s+)?(?:undo|revert|go\s+back|roll\s?back|check|stop|delete|see|try)(?:\s+back)?
        )\s*[?.]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
}

_COMPARED: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"""^(?P<other>.{1,40}?)(?:하고|이랑|랑|과|와)(?:는|은)?\s*
        (?:비교하면\s*)?(?:뭐가|뭐|무엇이|무슨|어떻게|어떤\s*점이|어디가|많이)?\s*(?:다르|달라|다른|차이|틀려|틀린)""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"""^(?:how|what|in\s+what\s+way)\b.*?\bdiffer(?:s|ent|ence|ences)?\b.*?
        \b(?:from|to|than|with|between\s+(?:it|that|this|them)\s+and)\s+(?P<other>.+?)[?.]*$
        | ^(?:compared\s+(?:to|with)|versus|vs\.?)\s+(?P<versus>.+?)[?.]*$""",
        re.IGNORECASE | re.VERBOSE,
    ),
}

_WHY: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(r"^(?:그건\s*|그게\s*)?(?:왜|어째서)(?:요|죠|지|지요|\s*그(?:래요?|런가요|렇죠|런\s*거예요))?\s*[?？.]*$"),
    "en": re.compile(r"^(?:why(?:\s+(?:not|is\s+(?:that|it|this)(?:\s+so)?|so))?|how\s+(?:so|come))\s*[?.]*$", re.IGNORECASE),
}

_TWO: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"(?:둘|두\s*(?:개|가지)|서로|양쪽)\S*(?:\s*\S+)?\s*(?:차이|다르|달라|다른|비교)|^(?:차이|다른\s*점|차이점)(?:은|는|이|가)?"
    ),
    "en": re.compile(
        r"\b(?:the\s+two|they|them|these|those|both|each\s+other)\b.*\bdiffer"
        r"|\bdiffer\w*\b.*\b(?:the\s+two|them|these|those)\b"
        r"|^(?:what(?:'s|\s+is)\s+)?the\s+difference\s*[?.]*$",
        re.IGNORECASE,
    ),
}

_WORDS = """
a an the is are was were be been do does did can could will would should i you we they it my your its this that these those what
which who why how when where if and or but not to of in on at for with from by as so then there me please
"""
_GRAMMAR = frozenset(_WORDS.split())

_SAME_OF: Mapping[Language, re.Pattern[str]] = {
    "ko": re.compile(
        r"""^(?P<other>.{1,30}?)(?:은|는|도|이라면|라면|의\s*경우(?:는|에는)?|일\s*때는?)
        (?:요|\s*(?:어때요?|어떤가요|어떻죠|어떻게\s*(?:돼요|되나요)|그런가요|그래요|마찬가지(?:인가요|예요)?|같나요|같아요))?\s*[?？.]*$""",
        re.VERBOSE,
    ),
    "en": re.compile(
        r"^(?:what|how)\s+about\s+(?P<other>.+?)[?.]*$|^(?P<bare>[\w\s-]{2,30})\s+(?:too|as well)[?.]*$", re.IGNORECASE
    ),
}


def announced(question: str) -> str | None:
    """What follows the words that announce a new subject; None where nothing does."""
    found = _ANNOUNCED.match(question)
    return question[found.end() :].strip() or None if found else None


def without_connective(question: str) -> tuple[str, bool]:
    """The question without a leading 그럼, and, so...; and whether there was one."""
    found = _CONNECTIVE.match(question)
    rest = question[found.end() :].strip() if found else ""
    return (rest, True) if rest else (question, False)


def points_back(text: str, language: Language) -> int | None:
    """Where a word of it stands for something said before (그건, 그 파드, it, that); None where none does."""
    found = _POINTING[language].search(text)
    return None if found is None else found.start()


def elliptic(text: str, language: Language) -> bool:
    """Is it a mere 명령어는? 왜요? how? an example?"""
    return _ELLIPTIC[language].match(text) is not None


def asks_why(text: str, language: Language) -> bool:
    """Is it a mere 왜요? why? It asks for the reason of all that was asked before."""
    return _WHY[language].match(text) is not None


def short(text: str, language: Language) -> bool:
    """Is it so short that it may leave its subject to the question before?"""
    return len(text.split()) <= (4 if language == "ko" else 5)


def compares_two(text: str, language: Language) -> bool:
    """Does it compare two things that it does not name: 둘의 차이는? how do they differ?"""
    return _TWO[language].search(text) is not None


def a_place_or_time(text: str) -> bool:
    """Is X of `X는요?` no thing but where or when: 밖에서, 안에, 그때, 재시작하면?"""
    return re.search(r"(?:에서|에|로|으로|때|면|후|뒤|전|중)$", text) is not None


def no_prose(text: str) -> bool:
    """Is it a line of a terminal rather than a sentence: Latin letters, and hardly a word of grammar?"""
    if re.search(r"[가-힣]", text):
        return False
    words = re.findall(r"[a-z']+", text.lower())
    return sum(word in _GRAMMAR for word in words) < 2 and not text.rstrip().endswith("?")


def compared_with(text: str, language: Language) -> str | None:
    """X of `X하고는 뭐가 다르지?`, `how is it different from X?`."""
    found = _COMPARED[language].match(text)
    return next((part.strip() for part in found.groupdict().values() if part), None) if found else None


def asks_the_same_of(text: str, language: Language) -> str | None:
    """X of `X는요?`, `what about X?`: what was asked before is asked of it."""
    found = _SAME_OF[language].match(text)
    return next((part.strip() for part in found.groupdict().values() if part), None) if found else None
