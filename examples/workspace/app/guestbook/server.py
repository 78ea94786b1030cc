"""The guest book over HTTP: a page at /, entries as JSON at /entries, and /health."""

import json
import os
from dataclasses import asdict
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from guestbook.book import Book, Refused

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Guest book</title>
<h1>Guest book</h1>
<form method="post" action="/entries">
<label>Name <input name="name" required></label>
<label>Text <input name="text" required></label>
<button>Sign</button>
</form>
<ul>
{entries}
</ul>
<p>Build <code>{build}</code></p>
</html>
"""

MOST_BYTES = 4096


class Handler(BaseHTTPRequestHandler):
    """One request. The server it is of has the book and the id of the build."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path == "/":
            entries = (f"<li><b>{escape(e.name)}</b> {escape(e.text)}</li>" for e in self.server.book.entries())
            page = PAGE.format(entries="\n".join(entries), build=escape(self.server.build))
            self._answer(200, page, "text/html; charset=utf-8")
        elif path == "/entries":
            self._answer_json(200, [asdict(entry) for entry in self.server.book.entries()])
        elif path == "/health":
            self._answer_json(200, {"build": self.server.build})
        else:
            self._answer_json(404, {"error": "there is no such page"})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        if urlsplit(self.path).path != "/entries" or length > MOST_BYTES:
            self.close_connection = True
            self._answer_json(404 if length <= MOST_BYTES else 413, {"error": "not taken"})
            return
        fields = parse_qs(self.rfile.read(length).decode("utf-8", "replace"))
        try:
            self.server.book.add(fields.get("name", [""])[0], fields.get("text", [""])[0])
        except Refused as refused:
            self._answer_json(400, {"error": str(refused)})
            return
        self.send_response(303)
        self.send_header("Location", "/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _answer_json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value), "application/json")

    def _answer(self, status: int, body: str, content_type: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


class Server(ThreadingHTTPServer):
    def __init__(self, address: tuple[str, int], build: str) -> None:
        super().__init__(address, Handler)
        self.book = Book()
        self.build = build


def main() -> None:
    Server(("0.0.0.0", 8080), os.environ.get("BUILD_ID", "unknown")).serve_forever()
