"""What client, server and child say to each other: a letter with a number, and one request of lengths and bytes.

A call goes like this. The client sends its request. The server answers that it WAITs while others come first, and then
ASKs for the client's three streams and its folder. These come as file descriptors, which stay open as long as they are
on their way, so a server that does not answer must not be sent them. The server forks. The child makes itself what the
client is, and says that it is READY. Only when the client then says GO does it run the command; a client that has run
out of patience has closed its end by then, so no command is run twice. The child tells when it has BEGUN to read or
write, that it TALKS with somebody at a terminal, and with which status it is DONE. The server tells what only a parent
learns: by which signal the child was STOPPED or KILLED.
"""

WAIT, ASK, READY, BEGUN, TALKS, DONE, STOPPED, KILLED, COLD = b"warbtdskc"
"""COLD: this call has to run in the client's own process."""
STREAMS = 3
DESCRIPTORS = STREAMS + 1
GO = b"g"
SIZE = 5
"""Bytes of a message."""
HEAD = 8
"""Bytes before a request: how long its words are, and its environment."""


def message(kind: int, number: int = 0) -> bytes:
    """A kind with a number: the child's process, its exit status, or a signal."""
    return bytes([kind]) + number.to_bytes(SIZE - 1, "little")


def packed(words: list[bytes], environment: list[bytes]) -> bytes:
    """A request: both lengths, then the words and the environment's `name=value`, each text with a zero behind it."""
    texts = [b"".join(text + b"\0" for text in part) for part in (words, environment)]
    return b"".join([*(len(text).to_bytes(HEAD // 2, "little") for text in texts), *texts])


def size_of(data: bytes) -> int:
    """How long a request is of which at least the head has come."""
    half = HEAD // 2
    return HEAD + int.from_bytes(data[:half], "little") + int.from_bytes(data[half:HEAD], "little")


def unpacked(data: bytes) -> tuple[list[bytes], list[bytes]]:
    """The words and the environment of a request."""
    end = HEAD + int.from_bytes(data[: HEAD // 2], "little")
    return data[HEAD:end].split(b"\0")[:-1], data[end:].split(b"\0")[:-1]
