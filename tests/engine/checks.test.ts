import assert from "node:assert/strict";
import type { Check, EngineAccess, Expectation, PlacedExpectation } from "../../components/checks/expectation";
import { prove } from "../../components/checks/prove";
import { localEngine } from "../../components/hosts/engine";
import { docker } from "./support";
import { clear, start, testImages } from "./test-images";

const containers = ["server", "alice", "bob", "web", "neighbour", "sharer", "spare", "counter"];
const networks = ["chat", "web"];
const chat = { host: "10.213.7.2", port: 5000 };
const web = { host: "10.213.8.2", port: 80 };

type Short<Kind extends Expectation["kind"]> = Omit<Extract<Expectation, { kind: Kind }>, "kind" | "name">;

/** An expectation of a kind; the names of containers and networks are given without the tests' own prefix. */
function expected<Kind extends Expectation["kind"]>(kind: Kind, rest: Short<Kind>): PlacedExpectation {
  const own = ["from", "owner", "container", "network"];
  const prefixed = Object.entries(rest as Record<string, unknown>).map(([key, value]) => [
    key,
    own.includes(key) && value !== "operator" ? `cnl-test-${String(value)}` : value,
  ]);
  return { ...Object.fromEntries(prefixed), kind, name: kind, lab: "test", at: "here" } as PlacedExpectation;
}

/** A service that wants a header, and answers on the same port how often it saw an id; at `/twice` it counts double. */
const countingService = `
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

seen = Counter()

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/requests/"):
            return self.answer(200, '{"requests": %d}' % seen[self.path.rsplit("/", 1)[1]])
        if self.headers.get("Metadata") != "true":
            return self.answer(400, "Metadata")
        seen[self.headers.get("x-ms-client-request-id")] += 1
        if self.path == "/twice":
            seen[self.headers.get("x-ms-client-request-id")] += 1
        self.answer(200, "here")

    def answer(self, status, text):
        self.send_response(status)
        self.end_headers()
        self.wfile.write(text.encode())

ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
`;

describe("checks on a real engine", function () {
  this.timeout(600_000);
  let host: EngineAccess;

  before(async () => {
    clear(containers, networks);
    host = { name: "here", kind: "local", os: "linux", engine: await localEngine() };
    const images = await testImages();
    docker("network", "create", "--subnet", "10.213.7.0/24", "--gateway", "10.213.7.254", "cnl-test-chat");
    docker("network", "create", "--subnet", "10.213.8.0/24", "--gateway", "10.213.8.254", "cnl-test-web");
    const on = (network: string, address: string): string[] => ["--network", `cnl-test-${network}`, "--ip", address];
    const says = (name: string): string[] => ["--name", name, "--say", `I am ${name}`];
    start("server", ...on("chat", chat.host), images.chat);
    start("alice", ...on("chat", "10.213.7.3"), images.chat, "python3", "client.py", chat.host, ...says("Alice"));
    start("bob", ...on("chat", "10.213.7.4"), images.chat, "python3", "client.py", chat.host, ...says("Bob"));
    start("web", ...on("web", web.host), "--network-alias", "page", images.web);
    const entry = ["--add-host", `page-by-hosts:${web.host}`];
    start("neighbour", ...on("web", "10.213.8.3"), ...entry, images.chat, "sleep", "infinity");
    start("sharer", "--network", "container:cnl-test-web", images.chat, "sleep", "infinity");
    start("spare", ...on("web", "10.213.8.9"), images.web);
    start("counter", ...on("web", "10.213.8.5"), images.chat, "python3", "-c", countingService);
  });
  after(() => clear(containers, networks));

  const checks = async (limitSeconds: number, ...all: PlacedExpectation[]): Promise<readonly Check[]> =>
    (await prove(all, [host], { environment: "test", limitSeconds })).checks;

  /** A single try of one expectation, beside others that are tried with it. */
  const judged = async (expectation: PlacedExpectation, ...others: PlacedExpectation[]): Promise<string> => {
    const all = await checks(0, { ...expectation, name: "judged" }, ...others);
    const { status, detail } = all.find(({ name }) => name === "judged")!;
    return `${status}: ${detail}`;
  };

  const page = { status: 200, contains: "It works!" };
  const network = { network: "chat", driver: "bridge", subnet: "10.213.7.0/24", gateway: "10.213.7.254", options: {} };
  const stated = (): PlacedExpectation[] => [
    expected("network", network),
    expected("endpoint", { container: "server", network: "chat", address: chat.host }),
    expected("endpoint", { container: "web", network: "web", address: web.host }),
    expected("resolve", { from: "neighbour", host: "page", through: "dns", address: web.host }),
    expected("resolve", { from: "neighbour", host: "page-by-hosts", through: "hosts", address: web.host }),
    expected("shared-listener", { from: "sharer", owner: "web", port: 80 }),
    expected("reach", { from: "alice", to: chat }),
    expected("reach", { from: "bob", to: chat }),
    expected("reach", { from: "neighbour", to: { host: "page", port: 80 } }),
    expected("no-reach", { from: "neighbour", to: chat, control: web }),
    expected("no-reach", { from: "alice", to: web, control: chat }),
    expected("answer", { from: "neighbour", url: "http://page/", ...page }),
    expected("answer", { from: "neighbour", url: "http://page-by-hosts/", ...page }),
    expected("answer", { from: "sharer", url: "http://127.0.0.1/", ...page }),
    expected("answer", { from: "neighbour", url: "http://page/missing", status: 404, contains: "" }),
    expected("log", { from: "server", contains: ["Alice: I am Alice", "Bob: I am Bob"] }),
    expected("log", { from: "alice", contains: ["Bob: I am Bob"] }),
  ];

  it("pass where everything holds, in the first try once it does", async () => {
    const waited = await checks(60, ...stated());
    assert.deepEqual(
      waited.filter(({ status }) => status !== "pass"),
      [],
    );
    const again = await checks(0, ...stated());
    assert.deepEqual([...new Set(again.map(({ status }) => status))], ["pass"]);
  });

  it("tell of the evidence for what is out of reach", async () => {
    assert.equal(
      await judged(expected("no-reach", { from: "neighbour", to: chat, control: web })),
      `pass: no answer, while ${web.host}:80 was reached`,
    );
    assert.equal(
      await judged(expected("no-reach", { from: "alice", to: { ...chat, port: 81 }, control: chat })),
      `pass: connection refused, while ${chat.host}:5000 was reached`,
    );
  });

  it("fail where a target can be reached after all", async () => {
    const control = { host: "10.213.8.9", port: 80 };
    assert.match(await judged(expected("no-reach", { from: "neighbour", to: web, control })), /^fail: connected from/);
  });

  it("fail where a target cannot be reached", async () => {
    assert.match(await judged(expected("reach", { from: "neighbour", to: chat })), /^fail: no answer/);
    const closed = { ...chat, port: 81 };
    assert.match(await judged(expected("reach", { from: "alice", to: closed })), /^fail: connection refused/);
    const nowhere = { host: "10.213.7.77", port: 80 };
    assert.match(
      await judged(expected("reach", { from: "alice", to: nowhere })),
      /^fail: (no answer|no route to host)/,
    );
    const unknown = { host: "nobody", port: 80 };
    assert.match(await judged(expected("reach", { from: "alice", to: unknown })), /^fail: nobody has no address here/);
  });

  it("are errors where the control is dead", async () => {
    for (const control of [
      { ...web, port: 81 },
      { host: "10.213.8.77", port: 80 },
    ]) {
      const expectation = expected("no-reach", { from: "neighbour", to: chat, control });
      assert.match(await judged(expectation), /^error: the control .* was not reached either/);
    }
  });

  it("are errors where the prober has no Python, does not run, or does not exist", async () => {
    const from = (name: string) => expected("no-reach", { from: name, to: chat, control: web });
    assert.match(await judged(from("spare")), /^error: no probe from cnl-test-spare: .*python3.* not found/);
    docker("stop", "--time", "1", "cnl-test-spare");
    assert.match(await judged(from("spare")), /^error: no probe from cnl-test-spare: .*is not running/);
    assert.match(await judged(from("nobody")), /^error: no probe from cnl-test-nobody: No such container/);
  });

  it("are errors where the name of the target is unknown", async () => {
    const to = { host: "nobody", port: 80 };
    assert.match(await judged(expected("no-reach", { from: "alice", to, control: chat })), /^error: .*not tried$/);
  });

  it("are errors where the target is down, though the control answers", async () => {
    const blocked = expected("no-reach", { from: "neighbour", to: chat, control: web });
    const witness = expected("reach", { from: "alice", to: chat });
    docker("stop", "--time", "3", "cnl-test-server");
    assert.match(await judged(blocked, witness), /^error: nobody else reached/);
    const stopped = expected("endpoint", { container: "server", network: "chat", address: chat.host });
    assert.equal(await judged(stopped), "fail: the container is exited");
    docker("start", "cnl-test-server");
    const healed = await checks(60, blocked, witness);
    assert.deepEqual(
      healed.map(({ status }) => status),
      ["pass", "pass"],
    );
  });

  it("keep the sources of a name apart", async () => {
    const wrong = (host: string, through: "hosts" | "dns") =>
      judged(expected("resolve", { from: "neighbour", host, through, address: web.host }));
    assert.match(await wrong("page", "hosts"), /^fail: page is not in hosts/);
    assert.match(await wrong("page-by-hosts", "dns"), /^fail: page-by-hosts is not in dns/);
    const other = expected("resolve", { from: "neighbour", host: "page", through: "dns", address: "10.213.8.3" });
    assert.equal(await judged(other), `fail: ${web.host}, not 10.213.8.3`);
  });

  it("fail where the answer, the log or the network is another", async () => {
    const elsewhere = expected("answer", { from: "neighbour", url: "http://page/missing", ...page });
    assert.match(await judged(elsewhere), /^fail: HTTP 404: /);
    const silent = expected("answer", { from: "alice", url: `http://${chat.host}:5000/`, ...page });
    assert.match(await judged(silent), /^fail: HTTP 426: /);
    assert.equal(await judged(expected("log", { from: "bob", contains: ["Carol: "] })), 'fail: it lacks "Carol: "');
    const moved = { ...network, gateway: "10.213.7.1" };
    assert.match(await judged(expected("network", moved)), /^fail: gateway is 10\.213\.7\.254, not/);
    assert.match(
      await judged(expected("network", { ...network, network: "none" })),
      /^fail: the network does not exist/,
    );
  });

  it("send the headers that are asked for", async () => {
    const asked = (headers?: Record<string, string>, status = 200) =>
      judged(expected("answer", { from: "neighbour", url: "http://10.213.8.5:8000/", headers, status, contains: "" }));
    assert.match(await asked({ Metadata: "true" }), /^pass: HTTP 200: here/);
    assert.match(await asked(undefined, 400), /^pass: HTTP 400: Metadata/);
  });

  it("count what a service saw", async () => {
    const counted = (path: string, headers: Record<string, string> = { Metadata: "true" }) =>
      judged(
        expected("counted", {
          from: "neighbour",
          url: `http://10.213.8.5:8000/${path}`,
          headers,
          requests: 3,
          counter: "http://10.213.8.5:8000/requests/",
        }),
      );
    assert.equal(await counted(""), "pass: 3 answered, 3 seen");
    assert.equal(await counted("twice"), "fail: 3 answered, 6 seen, not 3 and 3");
    assert.equal(await counted("", {}), "fail: 3 answered, 0 seen, not 3 and 3");
  });

  it("see whose listener it is", async () => {
    const listener = (from: string, owner: string, port: number) =>
      judged(expected("shared-listener", { from, owner, port }));
    assert.match(await listener("server", "server", 5000), /^fail: .*by cnl-test-server's own process \d+$/);
    assert.match(await listener("sharer", "web", 81), /^fail: nothing listens on port 81$/);
    assert.match(await listener("sharer", "alice", 80), /^fail: .*not in cnl-test-alice's$/);
    docker("exec", "--detach", "--user", "root", "cnl-test-sharer", "sleep", "300");
    assert.match(await listener("sharer", "web", 80), /^error: 1 process does not show/);
  });

  it("fail in a network stack whose owner has been restarted", async () => {
    docker("restart", "--time", "3", "cnl-test-sharer", "cnl-test-web");
    const shared = expected("shared-listener", { from: "sharer", owner: "web", port: 80 });
    assert.match(await judged(shared), /^fail: nothing listens on port 80$/);
    docker("restart", "--time", "3", "cnl-test-sharer");
    assert.equal((await checks(60, shared))[0].status, "pass");
  });

  it("are errors where no engine answers", async () => {
    const nowhere = { ...host, engine: "unix:///nonexistent/docker.sock" };
    const { checks: all } = await prove(stated(), [nowhere], { environment: "test", limitSeconds: 0 });
    assert.deepEqual([...new Set(all.map(({ status }) => status))], ["error"]);
    assert.match(all[0].detail, /Cannot connect to the Docker daemon/);
  });
});
