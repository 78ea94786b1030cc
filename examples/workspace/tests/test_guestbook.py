"""Tests of the guest book: its rules, and what it answers."""

import json
import threading
import unittest
from http.client import HTTPConnection
from urllib.parse import urlencode

from guestbook.book import LONGEST, MOST, Book, Refused
from guestbook.server import Server


class BookTest(unittest.TestCase):
    def test_the_newest_entry_comes_first(self):
        book = Book()
        book.add("Ada", "first")
        book.add("Bob", "second")
        self.assertEqual([entry.text for entry in book.entries()], ["second", "first"])

    def test_old_entries_make_room(self):
        book = Book()
        for number in range(MOST + 1):
            book.add("Ada", str(number))
        self.assertEqual(len(book.entries()), MOST)
        self.assertEqual(book.entries()[-1].text, "1")

    def test_what_says_nothing_or_too_much_is_refused(self):
        for name, text in (("", "text"), ("Ada", " "), ("Ada", "x" * LONGEST)):
            with self.assertRaises(Refused):
                Book().add(name, text)


class ServerTest(unittest.TestCase):
    def setUp(self):
        self.server = Server(("127.0.0.1", 0), "a-build")
        threading.Thread(target=self.server.serve_forever, args=(0.02,)).start()

    def tearDown(self):
        self.server.shutdown()
        self.server.server_close()

    def ask(self, method, path, **fields):
        connection = HTTPConnection(*self.server.server_address, timeout=5)
        connection.request(method, path, urlencode(fields))
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def test_it_says_which_build_it_is(self):
        self.assertIn("<code>a-build</code>", self.ask("GET", "/")[1])
        self.assertEqual(json.loads(self.ask("GET", "/health")[1]), {"build": "a-build"})

    def test_an_entry_is_on_the_page_as_text(self):
        self.assertEqual(self.ask("POST", "/entries", name="Ada", text="<b>hello</b>")[0], 303)
        self.assertIn("&lt;b&gt;hello&lt;/b&gt;", self.ask("GET", "/")[1])
        self.assertEqual(json.loads(self.ask("GET", "/entries")[1]), [{"name": "Ada", "text": "<b>hello</b>"}])

    def test_what_it_does_not_take_is_told(self):
        self.assertEqual(self.ask("POST", "/entries", name="Ada")[0], 400)
        self.assertEqual(self.ask("POST", "/entries", text="x" * 5000)[0], 413)
        self.assertEqual(self.ask("GET", "/none")[0], 404)
