"""The chat program as its users meet it: real processes on the loopback address."""

import asyncio
import json
import os
import pty
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import unittest

import websockets

import protocol

FOLDER = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 15


class Program:
    """A running server or client and the lines it has printed."""

    def __init__(self, script, *arguments, stdin=subprocess.DEVNULL):
        command = [sys.executable, os.path.join(FOLDER, script), *arguments]
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            command, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment
        )
        self.lines = []
        self.arriving = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            self.arriving.put(None)

    def wait_for(self, pattern, times=1):
        deadline = time.monotonic() + PATIENCE
        while sum(bool(re.search(pattern, line)) for line in self.lines) < times:
            try:
                self.arriving.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"{pattern!r} did not come {times} times in {self.lines}") from None

    def stop(self, number=signal.SIGTERM):
        """The exit status and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(number)
        return self.process.wait(PATIENCE), time.monotonic() - start


class ChatTest(unittest.TestCase):
    def setUp(self):
        self.server, self.port = self.start_server("0")

    def start(self, script, *arguments, **options):
        program = Program(script, *arguments, **options)
        self.addCleanup(self.end, program)
        return program

    def end(self, program):
        program.process.kill()
        program.process.wait()
        program.process.stdout.close()

    def start_server(self, port, *options):
        if port == "0":
            # The port is found first, as the program prints the one it was told.
            with socket.create_server(("127.0.0.1", 0)) as free:
                port = str(free.getsockname()[1])
        server = self.start("server.py", "--host", "127.0.0.1", "--port", port, *options)
        server.wait_for("is up on 127.0.0.1")
        return server, port

    def client(self, name, *lines, **options):
        say = ["--say", *lines] if lines else []
        return self.start("client.py", "127.0.0.1", "--port", self.port, "--name", name, *say, **options)

    def raw(self, *frames):
        """Sends frames as no client of ours would; the code and reason of the close."""

        async def talk():
            async with websockets.connect(f"ws://127.0.0.1:{self.port}") as connection:
                for frame in frames:
                    await connection.send(frame)
                try:
                    while True:
                        await asyncio.wait_for(connection.recv(), PATIENCE)
                except websockets.ConnectionClosed as closed:
                    return closed.rcvd.code, closed.rcvd.reason

        return asyncio.run(talk())

    def test_two_clients_hear_each_other(self):
        alice = self.client("Alice", "I am Alice")
        alice.wait_for("^Alice: I am Alice$")
        bob = self.client("Bob", "I am Bob", "anyone here?")
        alice.wait_for("^Bob: anyone here\\?$")
        bob.wait_for("^Alice: I am Alice$")
        self.assertEqual([line for line in alice.lines if line.startswith("Bob")], ["Bob: I am Bob", "Bob: anyone here?"])

    def test_the_server_tells_who_comes_says_and_goes(self):
        alice = self.client("Alice", "I am Alice")
        self.server.wait_for("^Alice: I am Alice$")
        self.server.wait_for(r"^Client \(127\.0\.0\.1, \d+\) is connected  \[ Alice \]$")
        alice.stop()
        self.server.wait_for(r"^Client \(127\.0\.0\.1, \d+\) went offline  \[ Alice \]$")

    def test_a_newcomer_gets_the_last_messages_only(self):
        self.server, self.port = self.start_server("0", "--history", "2")
        self.client("Alice", "one", "two", "three").wait_for("^Alice: three$")
        bob = self.client("Bob", "four")
        bob.wait_for("^Bob: four$")
        self.assertEqual(bob.lines[1:], ["Alice: two", "Alice: three", "Bob: four"])

    def test_a_client_comes_back_and_says_its_lines_to_a_new_server_once(self):
        alice = self.client("Alice", "I am Alice")
        alice.wait_for("^Alice: I am Alice$")
        self.server.stop()
        again, _ = self.start_server(self.port)
        again.wait_for("^Alice: I am Alice$")
        alice.wait_for("^Alice: I am Alice$", times=2)
        self.assertEqual(again.lines.count("Alice: I am Alice"), 1)

    def test_a_client_that_comes_back_to_the_same_server_repeats_nothing(self):
        bob = self.client("Bob")
        bob.wait_for("connected as Bob")
        alice = self.client("Alice", "I am Alice")
        bob.wait_for("^Alice: I am Alice$")
        alice.stop(signal.SIGKILL)
        self.server.wait_for("offline.*Alice")
        alice = self.client("Alice", "I am Alice", "back again")
        bob.wait_for("^Alice: back again$")
        self.assertEqual(self.server.lines.count("Alice: I am Alice"), 1)
        self.assertEqual(bob.lines.count("Alice: I am Alice"), 1)

    def test_a_client_waits_for_a_server_that_starts_later(self):
        self.server.stop()
        alice = self.client("Alice", "I am Alice")
        alice.wait_for("no chat at", times=2)
        later, _ = self.start_server(self.port)
        later.wait_for("^Alice: I am Alice$")

    def test_a_name_is_used_by_one_at_a_time(self):
        first = self.client("Alice")
        first.wait_for("connected as Alice")
        second = self.client("Alice", "I am the other one")
        second.wait_for("someone called Alice is here already", times=2)
        self.assertNotIn("Alice: I am the other one", self.server.lines)
        first.stop()
        self.server.wait_for("^Alice: I am the other one$")

    def test_a_bad_name_is_refused_for_good(self):
        for name in ("", "two words", "x" * 33, "-", "a\nb", "a:"):
            with self.subTest(name=name):
                code, reason = self.raw(json.dumps({"kind": "join", "name": name}))
                self.assertEqual(code, protocol.REFUSED)
                self.assertIn("1 to 32 letters", reason)
        bad = self.client("two words")
        self.assertEqual(bad.process.wait(PATIENCE), 1)
        bad.wait_for("refused: a name has")

    def test_nonsense_ends_the_connection_and_nothing_else(self):
        join = json.dumps({"kind": "join", "name": "Mallory"})
        deep = "[" * 2000
        for frames in (
            ["hello"],
            ["[]"],
            ["null"],
            [deep],
            [b"\xff\xfe"],
            [json.dumps({"kind": "say", "text": "too early"})],
            [json.dumps({"kind": "join", "name": 5})],
            [json.dumps({"kind": "join"})],
            [join, join],
            [join, json.dumps({"kind": "say", "text": None})],
        ):
            with self.subTest(frames=frames):
                self.assertEqual(self.raw(*frames)[0], protocol.REFUSED)
        self.assertEqual(self.raw(join, "x" * (protocol.MAX_FRAME + 1))[0], 1009)
        self.client("Alice", "still here").wait_for("^Alice: still here$")
        self.assertFalse([line for line in self.server.lines if "Traceback" in line or "too early" in line])

    def test_a_message_cannot_forge_a_line_of_the_log(self):
        self.client("Alice", "hi\nBob: I owe you\x1b[2J\u2028money", " \t ", "é" * 600).wait_for("^Alice: é+$")
        said = [line for line in self.server.lines if line.startswith("Alice: ")]
        self.assertEqual(said, ["Alice: hi Bob: I owe you [2J money", "Alice: " + "é" * protocol.MAX_TEXT])

    def test_a_port_check_leaves_no_trace_in_the_log(self):
        for payload in (b"", b"GET / HTTP/1.0\r\n\r\n", b"\x00" * 100):
            with socket.create_connection(("127.0.0.1", int(self.port))) as connection:
                connection.sendall(payload)
        self.client("Alice", "hello").wait_for("^Alice: hello$")
        self.assertEqual(len(self.server.lines), 3)

    def test_both_end_fast_when_they_are_stopped(self):
        alice = self.client("Alice")
        alice.wait_for("connected as Alice")
        bob = self.client("Bob")
        bob.wait_for("connected as Bob")
        bob.process.send_signal(signal.SIGSTOP)
        for program in (alice, self.server):
            status, seconds = program.stop()
            self.assertEqual(status, 0, program.lines)
            self.assertLess(seconds, 1)
        self.assertEqual(self.server.lines[-1], "Chat server has stopped")

    def test_check_tells_whether_a_server_answers_and_stays_unseen(self):
        def status():
            return self.start("client.py", "127.0.0.1", "--port", self.port, "--check").process.wait(PATIENCE)

        self.assertEqual(status(), 0)
        self.assertEqual(len(self.server.lines), 1)
        self.server.stop()
        self.assertEqual(status(), 1)

    def test_without_a_terminal_a_name_is_needed(self):
        client = self.start("client.py", "127.0.0.1", "--port", self.port)
        self.assertEqual(client.process.wait(PATIENCE), 2)
        client.wait_for("--name is needed")

    def test_a_person_at_a_terminal_is_asked_talks_and_leaves(self):
        bob = self.client("Bob")
        bob.wait_for("connected as Bob")
        keyboard, terminal = pty.openpty()
        self.addCleanup(os.close, keyboard)
        alice = self.start("client.py", "127.0.0.1", "--port", self.port, stdin=terminal)
        os.close(terminal)
        os.write(keyboard, b"Bob\n")
        alice.wait_for("refused: someone called Bob is here already")
        os.write(keyboard, b"Alice\n")
        alice.wait_for("connected as Alice")
        os.write(keyboard, b"I am Alice\n")
        bob.wait_for("^Alice: I am Alice$")
        os.write(keyboard, b"exit\n")
        self.assertEqual(alice.process.wait(PATIENCE), 0)
        self.assertNotIn("Alice: I am Alice", alice.lines)


if __name__ == "__main__":
    unittest.main()
