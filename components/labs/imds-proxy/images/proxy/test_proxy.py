"""The proxy as its clients meet it: the real program with the lab's own configuration, in front of an echo.

    test_proxy.py    in the proxy's image, the configuration in /etc/caddy/Caddyfile, as it is for a lab on 127.0.0.0/24
                     whose client 127.0.0.4 may ask for tokens and whose client 127.0.0.5 may not

Ports and the service's address are changed, nothing else: here everything is on the loopback interface.
"""

import http.client
import http.server
import json
import os
import socket
import subprocess
import tempfile
import threading
import time
import unittest

ALLOWED, OTHER = "127.0.0.4", "127.0.0.5"
ECHO, PROXY, HEALTH, SILENT = 18080, 18000, 18001, 18002
INSTANCE = "/metadata/instance?api-version=2017-04-02"
TOKEN = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=x"


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = json.dumps({"path": self.path, "headers": self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Caddy:
    """The proxy with its configuration changed so that it runs here; `service` is the port that it asks."""

    def __init__(self, service):
        with open("/etc/caddy/Caddyfile", encoding="utf-8") as file:
            text = file.read()
        changed = text.replace(":80 {", ":%d {" % PROXY).replace(":8080 {", ":%d {" % HEALTH)
        changed = changed.replace("http://169.254.169.254:%d {" % PROXY, "http://127.0.0.1:%d {" % service)
        assert changed.count("http://127.0.0.1") == text.count("reverse_proxy")
        self.file = tempfile.NamedTemporaryFile("w", suffix=".caddy")
        self.file.write(changed)
        self.file.flush()
        program = os.environ.get("CADDY", "caddy")
        command = [program, "run", "--config", self.file.name, "--adapter", "caddyfile"]
        self.log = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(command, stdout=self.log, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 15
        while True:
            try:
                socket.create_connection(("127.0.0.1", PROXY)).close()
                return
            except OSError:
                assert time.monotonic() < deadline, "the proxy did not start"
                time.sleep(0.05)

    def logged(self):
        self.log.seek(0)
        return self.log.read()

    def stop(self):
        self.process.terminate()
        self.process.wait(15)
        self.file.close()
        self.log.close()


def ask(target, *headers, method="GET", source=OTHER, port=PROXY):
    """Status, headers and body of the answer to a request whose first line is sent as it stands here."""
    lines = ["%s %s HTTP/1.1" % (method, target), "Host: 169.254.169.254", "Connection: close", *headers, "", ""]
    with socket.create_connection(("127.0.0.1", port), timeout=15, source_address=(source, 0)) as connection:
        connection.sendall("\r\n".join(lines).encode())
        answer = http.client.HTTPResponse(connection, method=method)
        answer.begin()
        body = answer.read().decode()
    return answer.status, answer.headers, body


class ProxyTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.echo = http.server.ThreadingHTTPServer(("127.0.0.1", ECHO), Echo)
        threading.Thread(target=cls.echo.serve_forever, daemon=True).start()
        cls.caddy = Caddy(ECHO)

    @classmethod
    def tearDownClass(cls):
        cls.caddy.stop()
        cls.echo.shutdown()
        cls.echo.server_close()

    def refused(self, status, error, *args, **options):
        found, headers, body = ask(*args, **options)
        self.assertEqual(found, status, (args, body))
        self.assertEqual(headers.get_all("Content-Type"), ["application/json"], args)
        if options.get("method") != "HEAD":
            self.assertEqual(json.loads(body)["error"], error, args)

    def passed_on(self, *args, **options):
        """What the service got."""
        status, _, body = ask(*args, **options)
        self.assertEqual(status, 200, (args, body))
        got = json.loads(body)
        return got["path"], [(name.lower(), value) for name, value in got["headers"]]

    def test_it_passes_on_what_was_sent_and_nothing_more(self):
        path, headers = self.passed_on(INSTANCE, "Metadata: true", "User-Agent: me", "X-MS-Client-Request-Id: 7")
        self.assertEqual(path, INSTANCE)
        expected = [("host", "169.254.169.254"), ("metadata", "true"), ("user-agent", "me"), ("x-ms-client-request-id", "7")]
        self.assertEqual(sorted(headers), expected)

    def test_it_never_adds_the_metadata_header(self):
        for sent in ((), ("Metadata: false",)):
            _, headers = self.passed_on(INSTANCE, *sent)
            self.assertEqual([value for name, value in headers if name == "metadata"], ["false"] if sent else [])

    def test_it_refuses_what_was_forwarded(self):
        for name in ("X-Forwarded-For", "x-forwarded-host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-By",
                     "X-Forwarded-Server", "X-Forwarded-Prefix", "X-Original-Forwarded-For", "Forwarded", "Via",
                     "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "True-Client-IP"):
            for value in ("10.0.0.1", ""):
                self.refused(400, "forwarding_header", INSTANCE, "Metadata: true", "%s: %s" % (name, value))
        hidden = ("Connection: X-Forwarded-For", "X-Forwarded-For: 1.2.3.4")
        self.refused(400, "forwarding_header", INSTANCE, "Metadata: true", *hidden)

    def test_it_passes_on_the_paths_of_the_instance_only(self):
        for path in ("/metadata/instance", "/metadata/instance/", "/metadata/instance/compute/vmId?api-version=1",
                     "/metadata/versions", "/metadata/instance/network/interface/0/ipv4/ipAddress/0/publicIpAddress"):
            self.assertEqual(self.passed_on(path)[0], path)
        for path in ("/", "/metadata", "/metadata/", "/metadata/instances", "/metadata/attested/document",
                     "/metadata/scheduledevents?api-version=1", "/metadata/versions/1", "/instance", "/latest/meta-data/",
                     "/METADATA/instance", "/machine", "/?/metadata/instance", "/x?a=/metadata/instance/"):
            self.refused(404, "path_not_allowed", path)

    def test_it_refuses_paths_that_could_be_read_in_two_ways(self):
        for path in ("/metadata/instance/../identity/oauth2/token", "/metadata/instance/..", "//metadata/instance",
                     "/metadata/instance//compute", "/metadata/instance/%2e%2e/identity", "/metadata/instance%2f",
                     "/metadata/instance/./compute", "/metadata/instance;a=b", "/metadata/instance\\..\\identity",
                     "/metadata/identity%2foauth2/token", "/metadata/%69dentity/oauth2/token", "/metadata/instance%00",
                     "/metadata/instance/%5c..%5cidentity", "//", "/metadata/identity/./oauth2/token"):
            for source in (OTHER, ALLOWED):
                self.refused(400, "malformed_path", path, "Metadata: true", source=source)

    def test_it_reads_a_target_with_a_host_in_it_by_its_path(self):
        self.refused(403, "identity_not_allowed", "http://169.254.169.254" + TOKEN)
        self.assertEqual(self.passed_on("http://elsewhere" + INSTANCE)[0], INSTANCE)

    def test_it_keeps_tokens_from_all_but_the_clients_that_are_named(self):
        self.refused(403, "identity_not_allowed", TOKEN, "Metadata: true")
        self.refused(403, "identity_not_allowed", TOKEN, "Metadata: true", source="127.0.0.1")
        self.refused(403, "identity_not_allowed", "/metadata/Identity/oauth2/token", source=ALLOWED)
        self.refused(403, "identity_not_allowed", "/METADATA/IDENTITY")
        self.assertEqual(self.passed_on(TOKEN, "Metadata: true", source=ALLOWED)[0], TOKEN)
        self.refused(400, "forwarding_header", TOKEN, "X-Forwarded-For: " + ALLOWED, source=OTHER)

    def test_it_only_reads(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "CONNECT", "get", "NONSENSE"):
            target = "elsewhere:443" if method == "CONNECT" else INSTANCE
            self.refused(405, "method_not_allowed", target, "Metadata: true", method=method)
        self.assertEqual(ask(INSTANCE, method="POST")[1]["Allow"], "GET")

    def test_it_says_that_it_is_up_to_anybody(self):
        self.assertEqual(ask("/", port=HEALTH)[0], 200)

    def test_its_log_has_a_line_for_each_request_and_no_header(self):
        ask("/metadata/versions?mark=7", "Metadata: true", "Authorization: Bearer hidden", "X-Secret: hidden")
        deadline = time.monotonic() + 5
        while "mark=7" not in self.caddy.logged() and time.monotonic() < deadline:
            time.sleep(0.05)
        lines = [json.loads(line) for line in self.caddy.logged().splitlines() if "mark=7" in line]
        self.assertEqual([(line["status"], line["request"]["remote_ip"]) for line in lines], [(200, OTHER)])
        self.assertNotIn("hidden", self.caddy.logged())


class WithoutServiceTest(unittest.TestCase):
    """A service that is not there, and one that never answers."""

    def unavailable(self, status, at_most):
        caddy = Caddy(SILENT)
        self.addCleanup(caddy.stop)
        begun = time.monotonic()
        found, headers, body = ask(INSTANCE, "Metadata: true")
        self.assertEqual((found, headers.get_all("Content-Type")), (status, ["application/json"]), body)
        self.assertEqual(json.loads(body)["error"], "service_unavailable")
        self.assertLess(time.monotonic() - begun, at_most)

    def test_a_service_that_is_down(self):
        self.unavailable(502, 3)

    def test_a_service_that_says_nothing(self):
        with socket.create_server(("127.0.0.1", SILENT)):
            self.unavailable(504, 8)


if __name__ == "__main__":
    unittest.main()
