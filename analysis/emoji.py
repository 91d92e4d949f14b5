"""What a picture says, in one word of one character: the weights were learnt on texts that knew few of them.

One character for one, so that what the word adds is the picture's, place by place. Only pictures that say the
same to everyone: 😭 cries for joy too, 😂 laughs at and with, 🙏 asks and thanks.
"""

import re

_SAY = {
    "差": "🤮🤢💩👎",
    "怒": "😡😠🤬👿💢",
    "伤": "💔",
    "烦": "🙄😒",
    "赞": "👍👏💯",
    "爱": "😍🥰😘😻❤♥💕💖💗💓💛💙💜🧡💚",
    "棒": "😋🤤",
}
_WORD = str.maketrans({picture: word for word, pictures in _SAY.items() for picture in pictures})
_ANY = re.compile(f"[{''.join(map(chr, _WORD))}]")


def as_words(text: str) -> str:
    """A cleaned text with a word in the place of each picture that says one, as long as before."""
    return text.translate(_WORD) if _ANY.search(text) else text
