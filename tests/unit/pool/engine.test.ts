import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "../../../tools/pool/engine";

/** What `docker system dial-stdio` is to these tests: it says how it was called and passes on to the engine's socket. */
const client = `#!${process.execPath}
require("node:fs").appendFileSync(process.env.CALLS, process.argv.slice(2).join(" ") + "\\n");
const socket = require("node:net").connect(process.env.SOCKET);
process.stdin.pipe(socket).pipe(process.stdout);
`;

describe("the engine that a pool is made on", () => {
  let folder: string;
  let server: Server;
  let environment: NodeJS.ProcessEnv;
  const socket = () => join(folder, "engine.sock");
  const listen = (where: string) => new Promise<void>((resolve) => void server.listen(where, resolve));
  /** Asks for containers through what DOCKER_HOST says, several at once. */
  const ask = async (dockerHost: string) => {
    process.env.DOCKER_HOST = dockerHost;
    const docker = connect(dockerHost);
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
    assert.deepEqual(await ask(`unix://${socket()}`), answered);
  });

  for (const dockerHost of ["ssh://somebody@somewhere", "tcp://somewhere:2376"]) {
    it(`is reached at ${dockerHost} by a few of the user's Docker clients, which serve again and again`, async () => {
      await listen(socket());
      const program = join(folder, "docker");
      writeFileSync(program, client);
      chmodSync(program, 0o755);
      const calls = join(folder, "calls");
      Object.assign(process.env, { PATH: `${folder}:${process.env.PATH}`, SOCKET: socket(), CALLS: calls });
      assert.deepEqual(await ask(dockerHost), answered);
      const called = readFileSync(calls, "utf8").trim().split("\n");
      assert.deepEqual([...new Set(called)], [`-H ${dockerHost} system dial-stdio`]);
      assert.ok(called.length <= 8, `${called.length} clients`);
    });
  }

  it("is said to be out of reach", async () => {
    await assert.rejects(ask(`unix://${socket()}`), /ENOENT|ECONNREFUSED/);
    process.env.PATH = folder;
    await assert.rejects(ask("ssh://somebody@somewhere"), /docker/);
  });
});
