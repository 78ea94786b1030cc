"""One end of the test of ACLs: an echo server at each of its addresses and ports, and a client that tries the other's.

    acl_end.py EXTRA_ADDRESSES PORTS

Both are lists with commas. Standard input has a request a line, in JSON, and standard output its answer:

    {"apply": RULESET}       [COMMENT, ...]   the rules in force, in nftables' order; connections so far are forgotten
    {"attempt": [ATTEMPT]}   [BOOLEAN, ...]   whether each was echoed within `patience` seconds; all at the same time
    ATTEMPT                  {protocol, local, localPort, remote, remotePort, patience}

An attempt that fails for another reason than that nothing came back, or that the kernel forbade it, is an error: it
ends the program.
"""

import asyncio
import json
import os
import re
import socket
import struct
import subprocess
import sys

INTERFACE = "eth0"
TCP, UDP, ICMP = socket.IPPROTO_TCP, socket.IPPROTO_UDP, socket.IPPROTO_ICMP
ECHO_REQUEST = struct.pack("!BBHHH", 8, 0, 0, 0, 0)

# From linux/netlink.h and linux/netfilter/nfnetlink.h: "delete connections", without one named, and acknowledge it.
NETLINK_NETFILTER = 12
FORGET = struct.pack("=IHHII4x", 20, 1 << 8 | 2, 1 | 4, 1, 0)


class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, peer):
        self.transport.sendto(data, peer)


async def echo(reader, writer):
    try:
        while data := await reader.read(64):
            writer.write(data)
    except ConnectionError:
        pass
    finally:
        writer.close()


async def listen(addresses, ports):
    for address in addresses:
        for port in ports:
            await asyncio.start_server(echo, address, port)
            await asyncio.get_running_loop().create_datagram_endpoint(Echo, (address, port))


def own_address():
    shown = subprocess.run(["ip", "-json", "-4", "address", "show", INTERFACE], check=True, capture_output=True)
    return json.loads(shown.stdout)[0]["addr_info"][0]["local"]


def nft(*arguments, text=""):
    result = subprocess.run(["nft", *arguments], input=text, capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(result.stderr + text)
    return result.stdout


def apply(ruleset):
    nft("--define", 'endpoint="%s"' % INTERFACE, "--file", "-", text=ruleset)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER) as netlink:
        netlink.send(FORGET)
        (error,) = struct.unpack_from("=i", netlink.recv(4096), 16)
        if error != 0:
            sys.exit("connections cannot be forgotten: " + os.strerror(-error))
    return re.findall(r'comment "([^"]*)"$', nft("list", "ruleset"), re.MULTILINE)


def client_socket(protocol, local):
    kind, number = {TCP: (socket.SOCK_STREAM, 0), UDP: (socket.SOCK_DGRAM, 0), ICMP: (socket.SOCK_DGRAM, ICMP)}[protocol]
    client = socket.socket(socket.AF_INET, kind, number)
    client.setblocking(False)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if protocol == TCP:
        # Reset when it is closed: no TIME_WAIT, the port is free for the next attempt.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.bind(local)
    return client


async def exchange(client, protocol, remote):
    loop = asyncio.get_running_loop()
    nonce = os.urandom(16)
    if protocol == TCP:
        await loop.sock_connect(client, remote)
    else:
        client.connect(remote)
    await loop.sock_sendall(client, (ECHO_REQUEST if protocol == ICMP else b"") + nonce)
    received = b""
    # What an earlier attempt from the same port left on its way does not count.
    while nonce not in received:
        data = await loop.sock_recv(client, 64)
        if data == b"":
            raise ConnectionError("closed by %s:%d" % remote)
        received += data


async def attempt(protocol, local, localPort, remote, remotePort, patience):
    with client_socket(protocol, (local, localPort)) as client:
        try:
            async with asyncio.timeout(patience):
                await exchange(client, protocol, (remote, remotePort))
            return True
        except (TimeoutError, PermissionError):
            return False


async def answer(request):
    if "apply" in request:
        return apply(request["apply"])
    return await asyncio.gather(*(attempt(**each) for each in request["attempt"]))


async def main():
    extra, ports = sys.argv[1].split(","), [int(port) for port in sys.argv[2].split(",")]
    for address in extra:
        subprocess.run(["ip", "address", "add", address + "/32", "dev", INTERFACE], check=True)
    await listen([own_address(), *extra], ports)
    reader = asyncio.StreamReader(limit=1 << 24)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    print(json.dumps("ready"), flush=True)
    while line := await reader.readline():
        print(json.dumps(await answer(json.loads(line))), flush=True)


asyncio.run(main())
