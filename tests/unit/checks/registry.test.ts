import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, RequestListener } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DigestExpectation, EngineAccess } from "../../../components/checks/expectation";
import { prove } from "../../../components/checks/prove";
import { makeCertificates } from "../certificates";
import { engine, FakeDocker, placed } from "./support";

const served = `sha256:${"a".repeat(64)}`;
const login = `Basic ${Buffer.from("lab:planted-secret").toString("base64")}`;

describe("the digest that a registry serves", function () {
  this.timeout(30_000);
  let docker: FakeDocker;
  let server: Server;
  let folder: string;
  let respond: RequestListener;
  const asked: IncomingMessage[] = [];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "registry-test-"));
    const { server: own } = makeCertificates(folder, "registry.test");
    const [key, cert] = [own.key, own.cert].map((file) => readFileSync(file));
    server = createServer({ key, cert }, (request, response) => {
      asked.push(request);
      respond(request, response);
    });
    await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
    writeFileSync(join(folder, "password"), "planted-secret\n");
  });
  after(() => {
    server.closeAllConnections();
    server.close();
    rmSync(folder, { recursive: true });
  });
  beforeEach(() => {
    docker = new FakeDocker();
    asked.length = 0;
    respond = ({ headers }, response) =>
      headers.authorization === login
        ? response.writeHead(200, { "Docker-Content-Digest": served }).end()
        : response.writeHead(401, { "WWW-Authenticate": 'Basic realm="registry"' }).end();
  });
  afterEach(() => docker.remove());

  const port = () => (server.address() as AddressInfo).port;
  const expectation = (more: Partial<DigestExpectation> = {}): DigestExpectation => ({
    kind: "digest",
    name: "what runs is what the registry serves",
    container: "app",
    registry: `127.0.0.1:${port()}`,
    repository: "lab/app",
    tag: "1",
    username: "lab",
    password: { file: join(folder, "password") },
    caPath: join(folder, "ca.pem"),
    ...more,
  });
  const made = (digest: string, registry: string) => ({
    stdout: JSON.stringify([{ Name: "/app", Config: { Image: `${registry}/lab/app@${digest}` } }]),
  });

  const judged = async (
    stated: DigestExpectation,
    {
      from = made(served, stated.registry),
      host = engine,
      secret = undefined as (() => Promise<string>) | undefined,
    } = {},
  ): Promise<string> => {
    docker.play({ version: { stdout: "27.0\n" }, "container inspect app": from });
    const { checks } = await prove([placed(stated, { at: host.name })], [host], {
      environment: "test",
      limitSeconds: 0,
      secret,
    });
    return `${checks[0].status}: ${checks[0].detail}`;
  };

  it("passes where the container was made from it", async () => {
    assert.equal(await judged(expectation()), `pass: ${served} is what the registry serves`);
    const [{ method, url, headers }] = asked;
    assert.deepEqual([method, url], ["HEAD", "/v2/lab/app/manifests/1"]);
    assert.match(headers.accept!, /oci\.image\.index.*oci\.image\.manifest.*manifest\.list.*manifest\.v2/);
  });

  it("fails where it is another, where there is no such tag, and where the container is from elsewhere", async () => {
    const other = `sha256:${"b".repeat(64)}`;
    const { registry } = expectation();
    assert.equal(
      await judged(expectation(), { from: made(other, registry) }),
      `fail: the registry serves ${served}, and app was made from ${other}`,
    );
    assert.match(
      await judged(expectation(), { from: made(served, "elsewhere") }),
      /^fail: app was made from elsewhere/,
    );
    respond = (_, response) => response.writeHead(404).end();
    assert.equal(await judged(expectation()), "fail: the registry has no lab/app:1");
  });

  it("takes the password from the settings, too", async () => {
    const stated = expectation({ password: { setting: "labs.image-builder.registry.password" } });
    assert.match(await judged(stated, { secret: () => Promise.resolve("planted-secret") }), /^pass/);
    assert.equal(
      await judged(stated),
      `error: the registry ${stated.registry}: the setting labs.image-builder.registry.password cannot be read here`,
    );
  });

  it("takes a token for the password where the registry wants one", async () => {
    const realm = () => `https://127.0.0.1:${port()}/token`;
    respond = ({ url, headers }, response) => {
      if (url === "/token?service=registry&scope=repository%3Alab%2Fapp%3Apull" && headers.authorization === login) {
        response.end(JSON.stringify({ token: "given" }));
      } else if (headers.authorization === "Bearer given") {
        response.writeHead(200, { "Docker-Content-Digest": served }).end();
      } else {
        const challenge = `Bearer realm="${realm()}",service="registry",scope="repository:lab/app:pull"`;
        response.writeHead(401, { "WWW-Authenticate": challenge }).end();
      }
    };
    assert.match(await judged(expectation()), /^pass/);
    assert.equal(asked.length, 3);
  });

  it("could not be had with a wrong password, a stranger's certificate, without an answer, or by plain HTTP", async () => {
    const wrong = join(folder, "wrong");
    writeFileSync(wrong, "guessed");
    const cases: [DigestExpectation, RegExp][] = [
      [expectation({ password: { file: wrong } }), /refuses the login of lab$/],
      [expectation({ caPath: undefined }), /certificate/],
      [expectation({ registry: "127.0.0.1:1" }), /ECONNREFUSED/],
      [expectation({ caPath: join(folder, "none.pem") }), /none\.pem/],
    ];
    for (const [stated, words] of cases) {
      const detail = await judged(stated);
      assert.match(detail, /^error: the registry 127\.0\.0\.1/);
      assert.match(detail, words);
      assert.doesNotMatch(detail, /planted-secret|guessed/);
    }
    respond = (_, response) =>
      response.writeHead(401, { "WWW-Authenticate": 'Bearer realm="http://127.0.0.1:1/token"' }).end();
    assert.match(await judged(expectation()), /^error: .*over https only/);
  });

  it("is asked from a remote host through its ssh connection, which carries no password in clear", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    const program = join(docker.folder, "ssh");
    const script = [
      `#!${process.execPath}`,
      'const { appendFileSync } = require("node:fs");',
      `appendFileSync("${docker.folder}/ssh-calls", process.argv.slice(2).join(" ") + "\\n");`,
      `const socket = require("node:net").connect(${port()}, "127.0.0.1");`,
      `process.stdin.on("data", (chunk) => appendFileSync("${docker.folder}/carried", chunk));`,
      "process.stdin.pipe(socket).pipe(process.stdout);",
    ];
    writeFileSync(program, script.join("\n"));
    chmodSync(program, 0o755);
    const host: EngineAccess = { ...engine, name: "one", kind: "remote", engine: "ssh://one.test" };
    // A name that means something on the host alone.
    const stated = expectation({ registry: "registry.test:5000" });
    assert.match(await judged(stated, { host }), /^pass/);
    const config = join("out", "test", "ssh", "config");
    assert.equal(
      readFileSync(join(docker.folder, "ssh-calls"), "utf8"),
      `-F ${config} -W registry.test:5000 one.test\n`,
    );
    const carried = readFileSync(join(docker.folder, "carried"), "latin1");
    assert.ok(carried.length > 200);
    assert.ok(!carried.includes("planted-secret") && !carried.includes(login.slice(6)));
  });

  it("could not be had where the host's way to the registry is closed", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    const words = "channel 0: open failed: connect failed: Connection refused\nstdio forwarding failed";
    const program = join(docker.folder, "ssh");
    writeFileSync(program, `#!/bin/sh\necho '${words}' >&2\nexit 255\n`);
    chmodSync(program, 0o755);
    const host: EngineAccess = { ...engine, name: "one", kind: "remote", engine: "ssh://one.test" };
    assert.equal(
      await judged(expectation(), { host }),
      `error: the registry 127.0.0.1:${port()}: channel 0: open failed: connect failed: Connection refused`,
    );
  });
});
