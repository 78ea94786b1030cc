#!/usr/bin/env python3
"""A chat room. Everything that happens in it is a line on standard output."""

import argparse
import asyncio
import collections
import logging
import os
import signal
import uuid

import websockets

import protocol

JOIN_SECONDS = 5
# How long clients have to answer a close. The library may take four times as long, and a stop stays below a second.
CLOSE_SECONDS = 0.2


class Room:
    """Who is in, and what was said last."""

    def __init__(self, history):
        self.id = uuid.uuid4().hex
        self.members = {}
        self.history = collections.deque(maxlen=history)
        self.said = 0

    async def serve(self, socket):
        """The life of one connection."""
        name = None
        try:
            name = await self.join(socket)
            async for frame in socket:
                self.hear(name, protocol.decode(frame, "say", text=str)["text"])
        except protocol.ProtocolError as error:
            await socket.close(protocol.REFUSED, str(error))
        except NameTaken as error:
            await socket.close(protocol.TAKEN, str(error))
        except (websockets.ConnectionClosed, asyncio.TimeoutError):
            pass
        finally:
            if name is not None:
                del self.members[name]
                log(f"Client {address(socket)} went offline  [ {name} ]")

    async def join(self, socket):
        frame = await asyncio.wait_for(socket.recv(), JOIN_SECONDS)
        name = protocol.decode(frame, "join", name=str)["name"]
        if not protocol.is_name(name):
            raise protocol.ProtocolError("a name has 1 to 32 letters, digits, dots, dashes or underscores")
        if name in self.members:
            raise NameTaken(f"someone called {name} is here already")
        # Broadcast never waits: between the history in the welcome and the first message, nothing is lost or doubled.
        self.members[name] = socket
        log(f"Client {address(socket)} is connected  [ {name} ]")
        websockets.broadcast([socket], protocol.encode("welcome", room=self.id, history=list(self.history)))
        return name

    def hear(self, name, text):
        line = protocol.one_line(text)
        if line:
            self.said += 1
            message = {"number": self.said, "name": name, "text": line}
            self.history.append(message)
            log(f"{name}: {line}")
            websockets.broadcast(self.members.values(), protocol.encode("message", **message))


class NameTaken(Exception):
    """Someone with this name is in the room."""


def address(socket):
    host, port = socket.remote_address[:2]
    return f"({host}, {port})"


def log(line):
    print(line, flush=True)


async def run(host, port, history):
    room = Room(history)
    stopped = asyncio.Event()
    on_stop(stopped.set)
    limits = {
        "max_size": protocol.MAX_FRAME,
        "max_queue": 16,
        "ping_interval": protocol.KEEP_ALIVE,
        "ping_timeout": protocol.KEEP_ALIVE,
        "close_timeout": CLOSE_SECONDS,
    }
    async with websockets.serve(room.serve, host, port, **limits):
        log(f"Chat server is up on {host or 'all addresses'}, port {port}")
        await stopped.wait()
    log("Chat server has stopped")


def on_stop(callback):
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # Windows has none
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))


def history_length(text):
    length = int(text)
    if not 0 <= length <= protocol.MAX_HISTORY:
        raise argparse.ArgumentTypeError(f"{length} is not between 0 and {protocol.MAX_HISTORY}")
    return length


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--host", default=os.environ.get("CHAT_HOST"), help="address to listen on (default: all)")
    parser.add_argument("--port", type=int, default=os.environ.get("CHAT_PORT", str(protocol.PORT)))
    parser.add_argument("--history", type=history_length, default=200, help="how many messages a newcomer gets to see")
    arguments = parser.parse_args()
    # The library reports each connection that is no WebSocket, such as a port check, as an error with a stack trace.
    logging.getLogger("websockets").setLevel(logging.CRITICAL)
    asyncio.run(run(arguments.host, arguments.port, arguments.history))


if __name__ == "__main__":
    main()
