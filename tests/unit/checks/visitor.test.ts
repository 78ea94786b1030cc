import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { EngineAccess, PlacedExpectation } from "../../../components/checks/expectation";
import { visit } from "../../../components/checks/operator";
import { visitorExpectations } from "../../../components/checks/visitor";

const place = { lab: "app-pool", at: "labs-2" };
const answer = (port: number, from = "operator"): PlacedExpectation => ({
  ...place,
  kind: "answer",
  name: `127.0.0.1:${port} is answered by app`,
  from,
  url: `http://127.0.0.1:${port}/page`,
  status: 200,
  contains: "<h1>app</h1>",
});
const silence = (port: number): PlacedExpectation => ({
  ...place,
  kind: "no-reach",
  name: `127.0.0.1:${port} is not answered`,
  from: "operator",
  to: { host: "127.0.0.1", port },
  control: { host: "127.0.0.1", port: 8090 },
});
const opening = (...sources: string[]) => ({
  ...{ host: "labs-2", lab: "app-pool", service: "HTTP", listen: "0.0.0.0" },
  ports: [8090, 8091],
  sources,
});
const names = (found: readonly PlacedExpectation[]) => found.map(({ name }) => name);

describe("what a visitor must find", () => {
  it("is the operator's answers on ports that are opened to everybody, past the load balancer", () => {
    const [found, ...more] = visitorExpectations([answer(8090), answer(8080)], [opening("0.0.0.0/0")], false);
    assert.deepEqual(more, []);
    assert.deepEqual(found, {
      ...answer(8090),
      name: "port 8090 is answered by app, through the load balancer",
      from: "visitor",
      url: "http://load-balancer:8090/page",
    });
  });

  it("is silence on a port that nobody opened, while one that is opened answers", () => {
    const [found, ...more] = visitorExpectations([silence(8095), silence(8091)], [opening("0.0.0.0/0")], false);
    assert.deepEqual(more, []);
    assert.ok(found.kind === "no-reach");
    assert.deepEqual(
      [found.from, found.to, found.control],
      ["visitor", { host: "load-balancer", port: 8095 }, { host: "load-balancer", port: 8090 }],
    );
  });

  it("is nothing where ports are opened to some alone, unless this machine is let in anyway", () => {
    const stated = [answer(8090), silence(8095)];
    assert.deepEqual(visitorExpectations(stated, [opening("198.51.100.0/24")], false), []);
    assert.equal(visitorExpectations(stated, [opening("198.51.100.0/24")], true).length, 2);
  });

  it("is nothing of what a container finds, nor of another host's ports", () => {
    assert.deepEqual(names(visitorExpectations([answer(8090, "app-8090")], [opening("0.0.0.0/0")], false)), []);
    const elsewhere = { ...opening("0.0.0.0/0"), host: "labs-1" };
    assert.deepEqual(names(visitorExpectations([answer(8090)], [elsewhere], false)), []);
  });
});

describe("a visitor", () => {
  const host: EngineAccess = { name: "labs-2", kind: "scale-set", os: "linux", engine: "tcp://192.0.2.1:51001" };
  let server: Server;
  let port: number;
  before((done) => {
    server = createServer((_, response) => response.end("<h1>app</h1>")).listen(0, "127.0.0.1", () => {
      ({ port } = server.address() as AddressInfo);
      done();
    });
  });
  after(() => server.close());

  const ask = (access: EngineAccess) => {
    const url = `http://load-balancer:${port}/`;
    const get = { kind: "get", url, contains: "<h1>app</h1>", seconds: 5 } as const;
    return visit(access, [get, { kind: "connect", host: "load-balancer", port, seconds: 5 }], { environment: "e" });
  };

  it("asks at the load balancer's address", async () => {
    const [got, connected] = await ask({ ...host, address: "127.0.0.1" });
    assert.ok(got.outcome === "answered" && got.contains && got.status === 200);
    assert.equal(connected.outcome, "connected");
  });

  it("can't ask where there is none, which is no verdict", async () => {
    const found = await ask(host);
    assert.deepEqual(
      found.map(({ outcome, detail }) => [outcome, detail]),
      Array(2).fill(["error", "there is no load balancer before labs-2"]),
    );
  });
});
