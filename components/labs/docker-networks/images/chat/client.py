#!/usr/bin/env python3
"""Takes part in a chat: at the keyboard, or by itself with --name and --say.

It prints what it hears, stays, and comes back after the server was away. By itself it says its lines as soon as it is
connected, but none that the server's history holds already.
"""

import argparse
import asyncio
import os
import signal
import sys
import threading

import websockets

import protocol

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 5


class Refused(Exception):
    """The server does not let this client in."""


class Client:
    """One participant. `keyboard` is a queue of typed lines, None at their end; without it nobody sits here."""

    def __init__(self, url, name, lines=(), keyboard=None):
        self.url = url
        self.name = name
        self.lines = [protocol.one_line(line) for line in lines]
        self.keyboard = keyboard
        self.socket = None
        self.room = None
        self.last = 0

    async def run(self):
        """Until the person at the keyboard leaves, or Refused is raised."""
        tasks = [asyncio.ensure_future(self.stay())]
        if self.keyboard is not None:
            tasks.append(asyncio.ensure_future(self.type()))
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            ended = await asyncio.gather(*tasks, return_exceptions=True)
        for error in ended:
            if isinstance(error, Exception):
                raise error

    async def stay(self):
        """Connects again, with growing pauses, whenever the connection is lost."""
        pause = FIRST_PAUSE
        while True:
            try:
                async with connect(self.url) as socket:
                    await self.join(socket)
                    pause = FIRST_PAUSE
                    async for frame in socket:
                        self.hear(protocol.decode(frame, "message", number=int, name=str, text=str))
                    show("* the server has closed the chat")
            except websockets.ConnectionClosed as closed:
                self.lost(closed.rcvd)
            except (OSError, asyncio.TimeoutError, websockets.InvalidHandshake, protocol.ProtocolError) as error:
                show(f"* no chat at {self.url}: {error or 'no answer'}")
            finally:
                self.socket = None
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def lost(self, close):
        # A name may still be taken by this client's own connection of before; the server will notice. A person chooses.
        if close and (close.code == protocol.REFUSED or (close.code == protocol.TAKEN and self.keyboard is not None)):
            raise Refused(close.reason)
        show(f"* connection lost{': ' + close.reason if close and close.reason else ''}")

    async def join(self, socket):
        await socket.send(protocol.encode("join", name=self.name))
        welcome = protocol.decode(await socket.recv(), "welcome", room=str, history=list)
        self.socket = socket
        show(f"* connected as {self.name}")
        if welcome["room"] != self.room:
            self.room, self.last = welcome["room"], 0
        for message in welcome["history"]:
            self.hear(message)
        known = [message["text"] for message in welcome["history"] if message["name"] == self.name]
        for line in self.lines:
            if line not in known:
                await socket.send(protocol.encode("say", text=line))

    def hear(self, message):
        if message["number"] > self.last:
            self.last = message["number"]
            # On a terminal, a person's own line stands there already.
            if self.keyboard is None or message["name"] != self.name:
                show(f"{message['name']}: {protocol.one_line(message['text'])}")

    async def type(self):
        while (line := await self.keyboard.get()) not in (None, "exit"):
            try:
                if self.socket is None:
                    raise ConnectionError
                await self.socket.send(protocol.encode("say", text=protocol.one_line(line)))
            except (ConnectionError, websockets.ConnectionClosed):
                show("* not connected, this was not sent")


def show(line):
    print(line, flush=True)


def connect(url):
    return websockets.connect(
        url,
        open_timeout=5,
        close_timeout=0.2,
        max_size=protocol.MAX_WELCOME,
        ping_interval=protocol.KEEP_ALIVE,
        ping_timeout=protocol.KEEP_ALIVE,
    )


async def check(url):
    """Fails unless a chat server answers. Nobody in the room hears of it."""
    try:
        async with connect(url):
            return 0
    except (OSError, asyncio.TimeoutError, websockets.WebSocketException) as error:
        show(f"no chat at {url}: {error or 'no answer'}")
        return 1


async def at_keyboard(url, name, lines):
    """Asks for a name, again if the server refuses it, and takes part until `exit` or the end of input."""
    keyboard = typed_lines()
    while True:
        if name is None:
            print("Your name: ", end="", flush=True)
            name = await keyboard.get()
            if name is None:
                return 0
        try:
            show("Type to talk, exit to leave.")
            await Client(url, name.strip(), lines, keyboard).run()
            return 0
        except Refused as refused:
            show(f"* refused: {refused}")
            name = None


def typed_lines():
    """Standard input as a queue. A thread reads it, as Windows has no other way."""
    loop, lines = asyncio.get_running_loop(), asyncio.Queue()

    def read():
        try:
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line.rstrip("\r\n"))
            loop.call_soon_threadsafe(lines.put_nowait, None)
        except RuntimeError:  # The loop has ended: nobody listens any more.
            pass

    threading.Thread(target=read, daemon=True).start()
    return lines


async def by_itself(url, name, lines):
    try:
        await Client(url, name, lines).run()
    except Refused as refused:
        show(f"* refused: {refused}")
    return 1


async def run(arguments):
    # Ends at SIGTERM as it does at Ctrl-C: by leaving the chat.
    main_task = asyncio.current_task()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            asyncio.get_running_loop().add_signal_handler(number, main_task.cancel)
        except NotImplementedError:  # Windows has none
            pass
    url = f"ws://{arguments.server}:{arguments.port}"
    try:
        if arguments.check:
            return await check(url)
        if sys.stdin is not None and sys.stdin.isatty():
            return await at_keyboard(url, arguments.name, arguments.say)
        return await by_itself(url, arguments.name, arguments.say)
    except asyncio.CancelledError:
        return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("server", nargs="?", default=os.environ.get("CHAT_SERVER"), help="address or name")
    parser.add_argument("--port", type=int, default=os.environ.get("CHAT_PORT", str(protocol.PORT)))
    parser.add_argument("--name", default=os.environ.get("CHAT_NAME"))
    parser.add_argument("--say", nargs="+", default=[], metavar="TEXT", help="say this once connected")
    parser.add_argument("--check", action="store_true", help="only see whether a chat server answers: status 0 or 1")
    arguments = parser.parse_args()
    if arguments.server is None:
        parser.error("which server?")
    if not (arguments.check or arguments.name or sys.stdin.isatty()):
        parser.error("--name is needed where there is no terminal to ask at")
    sys.exit(asyncio.run(run(arguments)))


if __name__ == "__main__":
    main()
