import assert from "node:assert/strict";
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordedEnvironment, type EngineAddress } from "../../../components/hosts/engine-address";
import { connect } from "../../../tools/pool/engine";
import { makeCertificates } from "../certificates";

/** What `docker system dial-stdio` is to these tests: it says how it was called and passes on to the engine's socket. */
const client = `#!${process.execPath}
const { CALLS, DOCKER_HOST, DOCKER_TLS_VERIFY = "", DOCKER_CERT_PATH = "", CONTAINER_NETWORK_LABS_SSH_CONFIG = "" } = process.env;
const told = [DOCKER_HOST, DOCKER_TLS_VERIFY, DOCKER_CERT_PATH, CONTAINER_NETWORK_LABS_SSH_CONFIG].join(" ").trim();
require("node:fs").appendFileSync(CALLS, process.argv.slice(2).join(" ") + " to " + told + "\\n");
const socket = require("node:net").connect(process.env.SOCKET);
process.stdin.pipe(socket).pipe(process.stdout);
`;

describe("the engine that a pool is made on", () => {
  let folder: string;
  let server: Server;
  let environment: NodeJS.ProcessEnv;
  const socket = () => join(folder, "engine.sock");
  const listen = (where: string) => new Promise<void>((resolve) => void server.listen(where, resolve));
  /** Asks for containers on the engine that this process is told of, several at once. */
  const ask = async (address: EngineAddress) => {
    Object.assign(process.env, recordedEnvironment(address));
    const docker = connect();
    const lists = await Promise.all(Array.from({ length: 20 }, () => docker.listContainers({ all: true })));
    return lists.map(([{ Id }]) => Id);
  };

  before(function () {
    if (process.platform === "win32") {
      this.skip();
    }
  });
  beforeEach(() => {
    environment = { ...process.env };
    folder = mkdtempSync(join(tmpdir(), "engine-"));
    server = createServer((request, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify([{ Id: request.url?.split("?")[0] }]));
    });
  });
  afterEach(() => {
    process.env = environment;
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const answered = Array.from({ length: 20 }, () => "/containers/json");

  it("is reached through a socket", async () => {
    await listen(socket());
    assert.deepEqual(await ask({ engine: `unix://${socket()}` }), answered);
  });

  const elsewhere: [EngineAddress, string][] = [
    [{ engine: "ssh://somebody@somewhere" }, "ssh://somebody@somewhere"],
    [{ engine: "ssh://one.test", sshConfig: "out/test/ssh/config" }, "ssh://one.test   out/test/ssh/config"],
    [{ engine: "tcp://somewhere:2375" }, "tcp://somewhere:2375"],
  ];
  for (const [address, told] of elsewhere) {
    it(`is reached at ${told} by a few Docker clients, which serve again and again`, async () => {
      await listen(socket());
      const program = join(folder, "docker");
      writeFileSync(program, client);
      chmodSync(program, 0o755);
      const calls = join(folder, "calls");
      Object.assign(process.env, { PATH: `${folder}:${process.env.PATH}`, SOCKET: socket(), CALLS: calls });
      assert.deepEqual(await ask(address), answered);
      const called = readFileSync(calls, "utf8").trim().split("\n");
      assert.deepEqual([...new Set(called)], [`system dial-stdio to ${told}`]);
      assert.ok(called.length <= 8, `${called.length} clients`);
    });
  }

  it("is reached at its port, where each side knows the other by its certificate", async () => {
    const { ca, server: own, client: ours } = makeCertificates(folder, "engine");
    copyFileSync(ours.cert, join(folder, "cert.pem"));
    copyFileSync(ours.key, join(folder, "key.pem"));
    const [key, cert, authority] = [own.key, own.cert, ca].map((file) => readFileSync(file));
    const secure = createTlsServer({ key, cert, ca: authority, requestCert: true }, (_, response) =>
      response.setHeader("Content-Type", "application/json").end('[{ "Id": "/containers/json" }]'),
    );
    try {
      await new Promise<void>((resolve) => void secure.listen(0, "127.0.0.1", resolve));
      const { port } = secure.address() as AddressInfo;
      assert.deepEqual(await ask({ engine: `tcp://127.0.0.1:${port}`, certPath: folder }), answered);
      const stranger = mkdtempSync(join(folder, "stranger-"));
      makeCertificates(stranger, "engine");
      copyFileSync(join(stranger, "client-cert.pem"), join(stranger, "cert.pem"));
      copyFileSync(join(stranger, "client-key.pem"), join(stranger, "key.pem"));
      await assert.rejects(ask({ engine: `tcp://127.0.0.1:${port}`, certPath: stranger }), /certificate/);
    } finally {
      secure.closeAllConnections();
      secure.close();
    }
  });

  it("is said to be out of reach", async () => {
    await assert.rejects(ask({ engine: `unix://${socket()}` }), /ENOENT|ECONNREFUSED/);
    process.env.PATH = folder;
    await assert.rejects(ask({ engine: "ssh://somebody@somewhere" }), /docker/);
  });
});
