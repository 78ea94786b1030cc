import assert from "node:assert/strict";
import type { Check, EngineAccess, Expectation, PublishedExpectation } from "../../../components/checks/expectation";
import { prove } from "../../../components/checks/prove";
import { judgePublished, type MemberAnswer } from "../../../components/checks/published";
import { connected, FakeDocker, placed, refused } from "./support";

const members = ["one", "two", "three"];
const hosts = members.map((name): EngineAccess => ({
  ...{ name, kind: "remote", os: "linux", engine: `ssh://${name}.test`, sshConfig: "out/test/ssh/config" },
  toolbox: "toolbox:1",
}));
const cluster: EngineAccess = { ...hosts[0], name: "cluster", kind: "cluster", members };

const page = {
  kind: "published",
  from: "operator",
  url: "http://127.0.0.1:8090/",
  status: 200,
  contains: "app",
} as const;
const published = (by: PublishedExpectation["by"]): PublishedExpectation => ({ ...page, name: "8090 is app's", by });
const network: Expectation = {
  ...{ kind: "network", name: "pool is there", network: "pool", driver: "overlay" },
  ...{ subnet: "10.0.0.0/24", gateway: "10.0.0.254", options: {} },
};

const answered = { outcome: "answered", status: 200, contains: true, detail: "HTTP 200", ms: 1 } as const;
const otherPage = { ...answered, contains: false } as const;
const closed = { outcome: "refused", detail: "connection refused", ms: 1 } as const;
const late = { outcome: "timeout", detail: "no answer", ms: 2000 } as const;
const unasked = { outcome: "error", detail: "no probe from host two", ms: 1 } as const;

describe("a port that hosts of a cluster publish", () => {
  const verdict = (by: PublishedExpectation["by"], ...results: MemberAnswer["result"][]) =>
    judgePublished(
      placed(published(by)) as Parameters<typeof judgePublished>[0],
      results.map((result, i) => ({ member: members[i], result })),
    ).status;

  const rows: [PublishedExpectation["by"], MemberAnswer["result"][], Check["status"]][] = [
    ["one", [closed, answered, closed], "pass"],
    ["one", [closed, closed, closed], "fail"],
    ["one", [answered, answered, closed], "fail"],
    ["one", [answered, otherPage, closed], "fail"],
    ["one", [answered, unasked, closed], "error"],
    ["one", [undefined, answered, closed], "pass"],
    ["one", [undefined, closed, closed], "fail"],
    ["one", [undefined, undefined, undefined], "error"],
    ["all", [answered, answered, answered], "pass"],
    ["all", [answered, closed, answered], "fail"],
    ["all", [answered, undefined, answered], "pass"],
    ["all", [undefined, undefined, undefined], "error"],
    ["none", [closed, closed, closed], "pass"],
    ["none", [closed, otherPage, closed], "fail"],
    ["none", [closed, answered, late], "fail"],
    ["none", [closed, late, closed], "error"],
    ["none", [closed, unasked, closed], "error"],
    ["none", [undefined, closed, closed], "pass"],
  ];
  rows.forEach(([by, results, status]) => {
    const told = results.map((result) => result?.outcome ?? "lost").join(", ");
    it(`is answered by ${by}: ${told} is a ${status}`, () => {
      assert.equal(verdict(by, ...results), status);
    });
  });
});

describe("checks on a cluster", () => {
  let docker: FakeDocker;
  beforeEach(() => (docker = new FakeDocker()));
  afterEach(() => docker.remove());

  const inspected = JSON.stringify([
    { Name: "pool", Driver: "overlay", IPAM: { Config: [{ Subnet: "10.0.0.0/24", Gateway: "10.0.0.254" }] } },
  ]);
  const at = "cluster";
  const proved = async (...expectations: Expectation[]) => {
    const all = expectations.map((each) => placed(each, { at }));
    return (await prove(all, [...hosts, cluster], { environment: "test", limitSeconds: 0 })).checks;
  };
  const asked = (call: string) => docker.calls().flatMap((each) => (each.call.startsWith(call) ? [each.host] : []));

  it("ask every host for a port, and one that answers for what all of them know", async () => {
    const outcomes = { "http://127.0.0.1:8090/": answered };
    docker.play({ version: { stdout: "20\n" }, "network inspect": { stdout: inspected }, "run --rm": { outcomes } });
    const checks = await proved(network, published("all"));
    assert.deepEqual(
      checks.map(({ name, at: place, status }) => `${name} at ${place}: ${status}`),
      ["pool is there at cluster: pass", "8090 is app's at cluster: pass"],
    );
    assert.deepEqual(asked("network inspect"), ["ssh://one.test"]);
    assert.deepEqual(asked("run --rm").sort(), ["ssh://one.test", "ssh://three.test", "ssh://two.test"]);
  });

  it("go on without the first host, which is not asked again for each of them", async () => {
    const lost = { stderr: "connection refused", status: 1 };
    const outcomes = { "http://127.0.0.1:8090/": answered };
    const replies = { "network inspect": { stdout: inspected }, "run --rm": { outcomes } };
    docker.play({ "version@ssh://one.test": lost, version: { stdout: "20\n" }, ...replies });
    const checks = await proved(network, published("all"));
    assert.deepEqual(
      checks.map(({ status }) => status),
      ["pass", "pass"],
    );
    assert.match(checks[1].detail, /^one: could not be asked; two: HTTP 200/);
    assert.deepEqual(asked("network inspect"), ["ssh://two.test"]);
    assert.deepEqual(asked("version").filter((host) => host === "ssh://one.test").length, 1);
  });

  it("are errors where no manager answers", async () => {
    docker.play({ version: { stderr: "connection refused", status: 1 } });
    const [check] = await proved(network);
    assert.equal(check.status, "error");
    assert.match(
      check.detail,
      /no manager of the cluster answers: host one does not answer: connection refused; host two/,
    );
  });

  it("of a container are made on the host that it is on, and know what others reached from theirs", async () => {
    const target = { host: "10.0.0.1", port: 5000 };
    const control = { host: "10.0.0.9", port: 80 };
    docker.play({
      version: { stdout: "20\n" },
      "exec -i a ": { outcomes: { "10.0.0.1:5000": connected } },
      "exec -i b ": { outcomes: { "10.0.0.1:5000": refused, "10.0.0.9:80": connected } },
    });
    const reach: Expectation = { kind: "reach", name: "a reaches t", on: "two", from: "a", to: target };
    const silent: Expectation = { kind: "no-reach", name: "b does not", on: "three", from: "b", to: target, control };
    const holds = (await proved(reach, silent)).map(({ status }) => status);
    assert.deepEqual(holds, ["pass", "pass"]);
    assert.deepEqual(asked("exec -i a"), ["ssh://two.test"]);
    assert.deepEqual(asked("exec -i b"), ["ssh://three.test"]);
    // A target that its own neighbour does not reach either is down, and that shows nothing.
    docker.play({
      version: { stdout: "20\n" },
      "exec -i a ": { outcomes: { "10.0.0.1:5000": refused } },
      "exec -i b ": { outcomes: { "10.0.0.1:5000": refused, "10.0.0.9:80": connected } },
    });
    const down = (await proved(reach, silent)).map(({ status }) => status);
    assert.deepEqual(down, ["fail", "error"]);
  });
});
