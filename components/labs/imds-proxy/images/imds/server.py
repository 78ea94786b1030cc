#!/usr/bin/env python3
"""Stands in for Azure's Instance Metadata Service: the same questions, the same refusals, made-up answers.

What it says of the machine is a JSON file, the answer that the newest version gives to /metadata/instance. Another port
tells how often it was asked, by the id that requests carry.
Source: https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service
"""

import argparse
import asyncio
import collections
import json
import signal
import time

from aiohttp import web

VERSIONS = """
    2017-03-01 2017-04-02 2017-08-01 2017-10-01 2017-12-01 2018-02-01 2018-04-02 2018-10-01 2019-02-01 2019-03-11
    2019-04-30 2019-06-01 2019-06-04 2019-08-01 2019-08-15 2019-11-01 2020-06-01 2020-07-15 2020-09-01 2020-10-01
    2020-12-01 2021-01-01 2021-02-01 2021-03-01 2021-05-01 2021-10-01 2021-11-01 2021-11-15 2021-12-13 2023-07-01
""".split()

# The version that brought a field of `compute`; those that are not here have always been there.
INTRODUCED = {
    "azEnvironment": "2018-10-01",
    "customData": "2019-02-01",
    "placementGroupId": "2017-08-01",
    "provider": "2018-10-01",
    "publicKeys": "2018-04-02",
    "resourceGroupName": "2017-08-01",
    "resourceId": "2019-03-11",
    "subscriptionId": "2017-08-01",
    "tags": "2017-08-01",
    "tagsList": "2019-06-04",
    "vmScaleSetName": "2017-12-01",
    "zone": "2017-12-01",
}

TOKEN_VERSION = "2018-02-01"
TOKEN_SECONDS = 86400
REQUEST_ID = "x-ms-client-request-id"
MAX_IDS = 10_000
MORE = "For more information refer to aka.ms/azureimds"


class Counter:
    """How many requests came, in all and by their id. Of the ids, the last few thousand are known."""

    def __init__(self):
        self.total = 0
        self.by_id = collections.OrderedDict()

    def saw(self, request_id):
        self.total += 1
        if request_id:
            self.by_id[request_id] = self.by_id.pop(request_id, 0) + 1
            if len(self.by_id) > MAX_IDS:
                self.by_id.popitem(last=False)


def refusal(status, error, **more):
    return web.json_response({"error": error, **more}, status=status)


def identity_refusal(description):
    """The token endpoint has OAuth's form of an error."""
    return refusal(400, "invalid_request", error_description=description)


@web.middleware
async def guard(request, handler):
    """What the service demands of every request, whatever it asks for."""
    request.config_dict["counter"].saw(request.headers.get(REQUEST_ID))
    if request.method != "GET":
        return refusal(405, "Method not allowed")
    if "X-Forwarded-For" in request.headers:
        return refusal(400, "Bad request. The X-Forwarded-For header is not allowed")
    if request.headers.get("Metadata", "").lower() != "true":
        description = "Required metadata header not specified"
        identity = request.path.startswith("/metadata/identity/")
        return identity_refusal(description) if identity else refusal(400, "Bad request. " + description)
    try:
        return await handler(request)
    except web.HTTPNotFound:
        return refusal(404, "Not found")


def unversioned(version):
    """Why a version is not served; nothing if it is."""
    if version in VERSIONS:
        return None
    how = "is invalid or was not specified" if version else "was not specified"
    error = "Bad request. api-version %s in the request. %s" % (how, MORE)
    return refusal(400, error, **{"newest-versions": VERSIONS[:-4:-1]})


def document(newest, version):
    """The metadata as a version has it."""
    compute = {name: value for name, value in newest["compute"].items() if INTRODUCED.get(name, "") <= version}
    return {"compute": dict(sorted(compute.items())), "network": newest["network"]}


def find(node, path):
    for step in path:
        if isinstance(node, dict):
            node = node[step]
        elif isinstance(node, list) and step.isdecimal():
            node = node[int(step)]
        else:
            raise KeyError(step)
    return node


def as_text(node):
    """A value as it is, and what has parts as a list of their names, where a slash says that there are more below."""
    if not isinstance(node, (dict, list)):
        return str(node)
    parts = node.items() if isinstance(node, dict) else enumerate(node)
    return "\n".join("%s%s" % (name, "/" if isinstance(part, (dict, list)) else "") for name, part in parts)


async def instance(request):
    refused = unversioned(request.query.get("api-version"))
    if refused is not None:
        return refused
    path = [step for step in request.match_info["path"].split("/") if step]
    try:
        node = find(document(request.config_dict["newest"], request.query["api-version"]), path)
    except (KeyError, IndexError):
        return refusal(404, "Not found")
    if request.query.get("format", "json") == "text":
        return web.Response(text=as_text(node))
    if not isinstance(node, (dict, list)):
        return refusal(400, "Bad request. A single value is given as text only: add format=text. " + MORE)
    return web.json_response(node)


async def versions(_):
    return web.json_response({"apiVersions": VERSIONS})


async def token(request):
    """A token that opens nothing, and that says so."""
    version = request.query.get("api-version")
    if version not in VERSIONS or version < TOKEN_VERSION:
        return identity_refusal("Required query variable 'api-version' is missing or not supported")
    resource = request.query.get("resource")
    if not resource:
        return identity_refusal("Required query variable 'resource' is missing")
    now = int(time.time())
    answer = {
        "access_token": "not-a-token.container-network-labs.opens-nothing",
        "client_id": "00000000-0000-0000-0000-000000000000",
        "expires_in": str(TOKEN_SECONDS),
        "expires_on": str(now + TOKEN_SECONDS),
        "ext_expires_in": str(TOKEN_SECONDS),
        "not_before": str(now),
        "resource": resource,
        "token_type": "Bearer",
    }
    return web.json_response(answer)


async def requests(request):
    counter, request_id = request.config_dict["counter"], request.match_info.get("id")
    return web.json_response({"requests": counter.by_id.get(request_id, 0) if request_id else counter.total})


def service(newest, counter):
    app = web.Application(middlewares=[guard])
    app["newest"], app["counter"] = newest, counter
    app.router.add_get("/metadata/instance{path:(/.*)?}", instance)
    app.router.add_get("/metadata/versions", versions)
    app.router.add_get("/metadata/identity/oauth2/token", token)
    return app


def counting(counter):
    app = web.Application()
    app["counter"] = counter
    app.router.add_get("/requests", requests)
    app.router.add_get("/requests/{id}", requests)
    return app


async def run(arguments):
    with open(arguments.instance, encoding="utf-8") as file:
        newest = json.load(file)
    counter = Counter()
    stopped = asyncio.Event()
    on_stop(stopped.set)
    runners = []
    for app, port in ((service(newest, counter), arguments.port), (counting(counter), arguments.counter_port)):
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, arguments.host, port, shutdown_timeout=1).start()
        runners.append(runner)
    print("Metadata service is up on port %d, its counter on %d" % (arguments.port, arguments.counter_port), flush=True)
    await stopped.wait()
    for runner in runners:
        await runner.cleanup()


def on_stop(callback):
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, callback)
        except NotImplementedError:  # Windows has none
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(callback))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--host", help="address to listen on (default: all)")
    parser.add_argument("--port", type=int, default=80)
    parser.add_argument("--counter-port", type=int, default=8081)
    parser.add_argument("--instance", default="/etc/imds/instance.json", help="what it says of the machine")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
