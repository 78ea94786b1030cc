"""Makes probes from inside a container. Standard library only, Python 3.7 or newer.

Standard input: a JSON list of probes, each with `id`, `kind` and `seconds`, the time it may take.
Standard output: for each a line of JSON with `id`, `outcome`, `detail` and `ms`, and further fields by kind:

    connect    host, port             connected, refused, timeout, unreachable, unresolved
    get        url, headers?, contains
                                      answered, with status, contains; else as connect
    counted    url, headers, requests, counter
                                      counted, with sent, seen; else as connect
    resolve    host, through          resolved, with addresses; unresolved
    listener   port                   listening, with own (processes of this container), hidden; silent

Any kind may end as `error`: the probe could not be made. It then says nothing about the target.
"""

import errno
import json
import os
import socket
import subprocess
import sys
import threading
import time

SLACK = 1.0
UNREACHABLE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN}


class Unresolved(Exception):
    pass


def address_of(host):
    try:
        return socket.getaddrinfo(host, None, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
    except socket.gaierror as error:
        if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", None)):
            raise Unresolved(host + " has no address here")
        raise


def attempt(work):
    """The outcome of something that begins with a connection."""
    try:
        return work()
    except Unresolved as error:
        return {"outcome": "unresolved", "detail": str(error)}
    except ConnectionRefusedError:
        return {"outcome": "refused", "detail": "connection refused"}
    except (socket.timeout, TimeoutError):
        return {"outcome": "timeout", "detail": "no answer"}
    except OSError as error:
        if error.errno in UNREACHABLE:
            return {"outcome": "unreachable", "detail": os.strerror(error.errno).lower()}
        raise


def connect(probe):
    def work():
        address = address_of(probe["host"])
        with socket.create_connection((address, probe["port"]), timeout=probe["seconds"]) as connection:
            return {"outcome": "connected", "detail": "connected from " + connection.getsockname()[0]}

    return attempt(work)


def ask(url, headers, seconds):
    """Status and body of an answer; status 0 where it was no HTTP."""
    from http.client import HTTPConnection, HTTPException
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.scheme != "http":
        raise ValueError("only http is asked, not " + url)
    path = (parts.path or "/") + ("?" + parts.query if parts.query else "")
    connection = HTTPConnection(address_of(parts.hostname), parts.port or 80, timeout=seconds)
    try:
        connection.request("GET", path, headers={"Host": parts.netloc, "Connection": "close", **headers})
        response = connection.getresponse()
        return response.status, response.read(1 << 20).decode("utf-8", "replace")
    except (HTTPException, ConnectionResetError) as error:
        return 0, repr(error)
    finally:
        connection.close()


def get(probe):
    def work():
        status, body = ask(probe["url"], probe.get("headers", {}), probe["seconds"])
        if status == 0:
            return {"outcome": "answered", "detail": "no HTTP: " + body, "status": 0, "contains": False}
        detail = "HTTP %d: %s" % (status, " ".join(body.split())[:80])
        return {"outcome": "answered", "detail": detail, "status": status, "contains": probe["contains"] in body}

    return attempt(work)


def counted(probe):
    import uuid

    def work():
        request_id = str(uuid.uuid4())
        headers = {**probe["headers"], "x-ms-client-request-id": request_id}
        answers = [ask(probe["url"], headers, probe["seconds"])[0] for _ in range(probe["requests"])]
        sent = sum(status != 0 for status in answers)
        status, body = ask(probe["counter"] + request_id, {}, probe["seconds"])
        if status != 200:
            raise ValueError("the counter answered HTTP %d: %s" % (status, body[:80]))
        seen = json.loads(body)["requests"]
        return {"outcome": "counted", "detail": "%d answered, %d seen" % (sent, seen), "sent": sent, "seen": seen}

    return attempt(work)


def resolve(probe):
    addresses = {"hosts": from_hosts_file, "dns": from_dns}[probe["through"]](probe["host"], probe["seconds"])
    if addresses:
        return {"outcome": "resolved", "detail": ", ".join(addresses), "addresses": addresses}
    return {"outcome": "unresolved", "detail": "%s is not in %s" % (probe["host"], probe["through"]), "addresses": []}


def from_hosts_file(host, _):
    found = []
    with open("/etc/hosts", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            words = line.split("#", 1)[0].split()
            if host.lower() in (word.lower() for word in words[1:]) and words[0] not in found:
                found.append(words[0])
    return found


def from_dns(host, seconds):
    command = ["getent", "-s", "dns", "ahostsv4", host]
    result = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds)
    # getent(1): 2 is a name that was not found.
    if result.returncode not in (0, 2):
        raise OSError("getent ended with status %d: %s" % (result.returncode, result.stderr.strip()))
    found = []
    for line in result.stdout.splitlines():
        if line.split()[0] not in found:
            found.append(line.split()[0])
    return found


def listener(probe):
    inodes = listening_inodes(probe["port"])
    if not inodes:
        return {"outcome": "silent", "detail": "nothing listens on port %d" % probe["port"], "own": [], "hidden": 0}
    own, hidden = holders(inodes)
    detail = "port %d is listening" % probe["port"]
    return {"outcome": "listening", "detail": detail, "own": own, "hidden": hidden}


def listening_inodes(port):
    """proc(5), /proc/net/tcp: the local address is hexadecimal, state 0A is LISTEN, field 9 is the socket's inode."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if os.path.exists(table):
            with open(table) as lines:
                next(lines)
                for fields in map(str.split, lines):
                    if fields[3] == "0A" and int(fields[1].rsplit(":", 1)[1], 16) == port:
                        inodes.add(fields[9])
    return inodes


def holders(inodes):
    """Processes that hold one of these sockets, and how many processes would not show theirs."""
    sockets = {"socket:[%s]" % inode for inode in inodes}
    own, hidden = [], 0
    for pid in filter(str.isdigit, os.listdir("/proc")):
        folder = "/proc/%s/fd" % pid
        try:
            if any(link_of(folder + "/" + name) in sockets for name in os.listdir(folder)):
                own.append(int(pid))
        except PermissionError:
            hidden += 1
        except (FileNotFoundError, ProcessLookupError):
            pass
    return own, hidden


def link_of(path):
    try:
        return os.readlink(path)
    except (FileNotFoundError, ProcessLookupError):
        return None


KINDS = {"connect": connect, "get": get, "counted": counted, "resolve": resolve, "listener": listener}


def main():
    probes = json.load(sys.stdin)
    lock = threading.Lock()
    answered = set()

    def answer(probe, result, start):
        with lock:
            if probe["id"] not in answered:
                answered.add(probe["id"])
                ms = round((time.monotonic() - start) * 1000)
                print(json.dumps({"id": probe["id"], **result, "ms": ms}), flush=True)

    def run(probe):
        start = time.monotonic()
        try:
            result = KINDS[probe["kind"]](probe)
        except Exception as error:
            result = {"outcome": "error", "detail": "%s: %s" % (type(error).__name__, error)}
        answer(probe, result, start)

    # Daemons: a thread that hangs in the resolver must not keep the others' results from being used.
    threads = [(threading.Thread(target=run, args=(probe,), daemon=True), probe) for probe in probes]
    begun = time.monotonic()
    for thread, _ in threads:
        thread.start()
    for thread, probe in threads:
        thread.join(max(0, begun + probe["seconds"] + SLACK - time.monotonic()))
        if thread.is_alive():
            answer(probe, {"outcome": "error", "detail": "did not end in time"}, begun)


main()
