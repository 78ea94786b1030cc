"""The stand-in as its clients meet it: a real process on the loopback address."""

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest

import server

FOLDER = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 15

NEWEST = {
    "compute": {
        "vmId": "a7c7a8a7-7cdb-4c49-a3a5-d67dc6aa2050",
        "location": "westus2",
        "name": "wp_1",
        "tags": "a:b",
        "tagsList": [{"name": "a", "value": "b"}],
        "zone": "",
    },
    "network": {
        "interface": [
            {
                "ipv4": {
                    "ipAddress": [{"privateIpAddress": "10.0.0.5", "publicIpAddress": ""}],
                    "subnet": [{"address": "10.0.0.0", "prefix": "16"}],
                },
                "ipv6": {"ipAddress": []},
                "macAddress": "000D3AF9AECA",
            }
        ]
    },
}
INSTANCE = "/metadata/instance"
TOKEN = "/metadata/identity/oauth2/token"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class ServerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.port, cls.counter_port = free_port(), free_port()
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump(NEWEST, file)
        ports = ["--port", str(cls.port), "--counter-port", str(cls.counter_port)]
        command = [sys.executable, os.path.join(FOLDER, "server.py"), "--host", "127.0.0.1", *ports]
        cls.process = subprocess.Popen([*command, "--instance", file.name], stdout=subprocess.PIPE, text=True)
        assert "is up" in cls.process.stdout.readline()
        os.unlink(file.name)

    @classmethod
    def tearDownClass(cls):
        begun = time.monotonic()
        cls.process.send_signal(signal.SIGTERM)
        status = cls.process.wait(PATIENCE)
        cls.process.stdout.close()
        assert (status, time.monotonic() - begun < 2) == (0, True), status

    def ask(self, path, query="", method="GET", port=None, metadata="true", **headers):
        """Status, body and content type of an answer."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if metadata is not None:
            sent["Metadata"] = metadata
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=PATIENCE)
        connection.request(method, path + query, headers=sent)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        content_type = answer.getheader("Content-Type", "").split(";")[0]
        return answer.status, json.loads(body) if content_type == "application/json" else body

    def test_the_first_version_has_its_own_fields_and_a_later_one_more(self):
        status, first = self.ask(INSTANCE, "?api-version=2017-04-02")
        self.assertEqual(status, 200)
        self.assertEqual(list(first), ["compute", "network"])
        self.assertEqual(list(first["compute"]), ["location", "name", "vmId"])
        self.assertEqual(first["network"], NEWEST["network"])
        expected = {"2017-08-01": ["tags"], "2017-12-01": ["tags", "zone"], "2019-06-04": ["tags", "tagsList", "zone"]}
        for version, more in expected.items():
            _, answer = self.ask(INSTANCE, "?api-version=" + version)
            self.assertEqual(sorted(answer["compute"]), sorted([*first["compute"], *more]), version)

    def test_every_version_that_is_named_is_served(self):
        status, answer = self.ask("/metadata/versions")
        self.assertEqual((status, answer["apiVersions"]), (200, sorted(answer["apiVersions"])))
        for version in answer["apiVersions"]:
            self.assertEqual(self.ask(INSTANCE, "?api-version=" + version)[0], 200, version)
        self.assertTrue(set(server.INTRODUCED.values()) <= set(answer["apiVersions"]))

    def test_a_missing_or_unknown_version_is_refused_with_the_newest(self):
        newest = server.VERSIONS[-1]
        for query, words in (("", "was not specified"), ("?api-version=2017-04-03", "is invalid")):
            status, answer = self.ask(INSTANCE, query)
            self.assertEqual((status, sorted(answer)), (400, ["error", "newest-versions"]))
            self.assertRegex(answer["error"], r"^Bad request\. api-version " + words)
            self.assertEqual((len(answer["newest-versions"]), answer["newest-versions"][0]), (3, newest))

    def test_parts_are_given_by_their_path_and_single_values_as_text(self):
        text = "?api-version=2021-02-01&format=text"
        for path, body in (
            ("/compute/vmId", NEWEST["compute"]["vmId"]),
            ("/compute/zone", ""),
            ("/network/interface/0/ipv4/ipAddress/0/privateIpAddress", "10.0.0.5"),
            ("", "compute/\nnetwork/"),
            ("/network/interface", "0/"),
            ("/network/interface/0/", "ipv4/\nipv6/\nmacAddress"),
        ):
            self.assertEqual(self.ask(INSTANCE + path, text), (200, body), path)
        subnet = self.ask(INSTANCE + "/network/interface/0/ipv4/subnet", "?api-version=2021-02-01")
        self.assertEqual(subnet, (200, [{"address": "10.0.0.0", "prefix": "16"}]))
        self.assertEqual(self.ask(INSTANCE + "/compute/vmId", "?api-version=2021-02-01")[0], 400)

    def test_what_is_not_there_is_not_found(self):
        for path in ("/compute/vmid", "/compute/vmId/0", "/network/interface/1", "/network/interface/-1", "/compute/tags"):
            self.assertEqual(self.ask(INSTANCE + path, "?api-version=2017-04-02&format=text")[0], 404, path)
        for path in ("/", "/metadata", "/metadata/instances", "/metadata/scheduledevents", TOKEN + "/more"):
            self.assertEqual(self.ask(path, "?api-version=2017-04-02"), (404, {"error": "Not found"}), path)

    def test_the_metadata_header_is_demanded_on_every_path(self):
        for metadata in (None, "", "false", "1"):
            status, answer = self.ask(INSTANCE, "?api-version=2017-04-02", metadata=metadata)
            self.assertEqual(status, 400)
            self.assertRegex(answer["error"], "metadata header not specified")
            self.assertEqual(self.ask("/metadata/versions", metadata=metadata)[0], 400)
            refused = self.ask(TOKEN, "?api-version=2018-02-01&resource=x", metadata=metadata)
            description = "Required metadata header not specified"
            self.assertEqual(refused, (400, {"error": "invalid_request", "error_description": description}))
        self.assertEqual(self.ask(INSTANCE, "?api-version=2017-04-02", metadata="True")[0], 200)

    def test_what_was_forwarded_is_refused(self):
        for value in ("10.0.0.9", ""):
            status, answer = self.ask(INSTANCE, "?api-version=2017-04-02", X_Forwarded_For=value)
            self.assertEqual(status, 400)
            self.assertRegex(answer["error"], "X-Forwarded-For")

    def test_it_is_only_read(self):
        for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
            self.assertEqual(self.ask(INSTANCE, "?api-version=2017-04-02", method=method)[0], 405, method)

    def test_a_token_is_made_up_and_says_so(self):
        query = "?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net"
        status, answer = self.ask(TOKEN, query)
        self.assertEqual((status, answer["resource"], answer["token_type"]), (200, "https://vault.azure.net", "Bearer"))
        self.assertIn("not-a-token", answer["access_token"])
        self.assertTrue(all(isinstance(value, str) for value in answer.values()))
        self.assertAlmostEqual(int(answer["expires_on"]), time.time() + int(answer["expires_in"]), delta=30)
        for bad in ("?api-version=2018-02-01", "?resource=x", "?api-version=2017-12-01&resource=x"):
            status, refused = self.ask(TOKEN, bad)
            self.assertEqual((status, refused["error"]), (400, "invalid_request"), bad)

    def test_it_counts_what_it_saw_by_the_id_of_the_request(self):
        def seen(request_id=""):
            status, answer = self.ask("/requests" + request_id, port=self.counter_port, metadata=None)
            self.assertEqual(status, 200)
            return answer["requests"]

        before = seen()
        for _ in range(3):
            self.ask(INSTANCE, "?api-version=2017-04-02", x_ms_client_request_id="one")
        self.ask(INSTANCE, metadata=None, x_ms_client_request_id="refused")
        self.ask("/nowhere", x_ms_client_request_id="refused")
        self.ask(INSTANCE)
        self.assertEqual([seen("/one"), seen("/refused"), seen("/never"), seen() - before], [3, 2, 0, 6])

    def test_it_does_not_count_for_ever(self):
        counter = server.Counter()
        for i in range(server.MAX_IDS + 5):
            counter.saw("kept")
            counter.saw(str(i))
        self.assertEqual((len(counter.by_id), counter.by_id["kept"]), (server.MAX_IDS, server.MAX_IDS + 5))
        self.assertEqual(counter.total, 2 * (server.MAX_IDS + 5))

    def test_versions_are_dates_in_order(self):
        self.assertEqual(server.VERSIONS, sorted(set(server.VERSIONS)))
        self.assertTrue(all(re.fullmatch(r"\d{4}-\d\d-\d\d", version) for version in server.VERSIONS))


if __name__ == "__main__":
    unittest.main()
