"""What the chat server and its clients say to each other: JSON objects as WebSocket text messages.

    client to server    join {name}, then say {text} any number of times
    server to client    welcome {room, history: [message, ...]}, then message {number, name, text}

A room lives as long as its server runs; within it, messages are numbered from 1.
A client that may not join is closed with the code REFUSED and the reason, or TAKEN, which may pass.
"""

import json
import re

PORT = 5000
# A frame holds a text of MAX_TEXT characters with room to spare; a welcome, a whole history of such frames.
MAX_TEXT = 500
MAX_FRAME = 4096
MAX_HISTORY = 1000
MAX_WELCOME = MAX_FRAME * MAX_HISTORY

# WebSocket leaves 4000 to 4999 to applications (RFC 6455, section 7.4.2).
REFUSED = 4000
TAKEN = 4001

# A side that went away without a word is noticed within two of these, in seconds.
KEEP_ALIVE = 5

_NAME = re.compile(r"\w[\w.-]{0,31}")


class ProtocolError(ValueError):
    """The other side sent something that has no meaning here."""


def encode(kind, **fields):
    return json.dumps({"kind": kind, **fields}, ensure_ascii=False)


def decode(frame, kind, **fields):
    """The object in a frame, which must be of this kind and hold these fields with values of these types."""
    try:
        message = json.loads(frame)
    except (ValueError, RecursionError):
        raise ProtocolError("not JSON") from None
    if not isinstance(message, dict) or message.get("kind") != kind:
        raise ProtocolError(f"not a {kind}")
    for field, wanted in fields.items():
        if not isinstance(message.get(field), wanted):
            raise ProtocolError(f"a {kind} without {field}")
    return message


def is_name(name):
    return _NAME.fullmatch(name) is not None


def one_line(text):
    """The text as it may stand in a log: no line breaks, no terminal control, not longer than allowed."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(printable.split())[:MAX_TEXT]
