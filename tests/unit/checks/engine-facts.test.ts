import assert from "node:assert/strict";
import type { Expectation } from "../../../components/checks/expectation";
import { FakeDocker, judged, placed, proved, type Reply } from "./support";

const network: Expectation = {
  kind: "network",
  name: "chat is addressed as declared",
  network: "chat",
  driver: "bridge",
  subnet: "192.168.1.0/24",
  gateway: "192.168.1.254",
  ipRange: "192.168.1.0/28",
  options: { "com.docker.network.bridge.name": "chat0" },
};
const config = { Subnet: "192.168.1.0/24", Gateway: "192.168.1.254", IPRange: "192.168.1.0/28" };
const found = {
  Name: "chat",
  Driver: "bridge",
  IPAM: { Config: [config] },
  Options: { "com.docker.network.bridge.name": "chat0", "com.docker.network.driver.mtu": "1500" },
};

const endpoint: Expectation = {
  kind: "endpoint",
  name: "a is at 192.168.1.1",
  container: "a",
  network: "chat",
  address: "192.168.1.1",
};
const container = {
  Id: "1234",
  Name: "/a",
  State: { Running: true, Status: "running" },
  HostConfig: { NetworkMode: "chat" },
  NetworkSettings: { Networks: { chat: { IPAddress: "192.168.1.1" } } },
};

const list = (...all: object[]): Reply => ({ stdout: JSON.stringify(all) });
const noEngine: Reply = {
  stdout: "[]\n",
  stderr: "Cannot connect to the Docker daemon at unix:///nowhere.sock. Is the docker daemon running?\n",
  status: 1,
};

describe("what an engine shows", () => {
  let docker: FakeDocker;
  before(() => (docker = new FakeDocker()));
  after(() => docker.remove());

  const networks: Record<string, [Reply, "pass" | "fail" | "error", RegExp]> = {
    "as declared": [list(found), "pass", /^bridge, 192\.168\.1\.0\/24|^bridge 192\.168\.1\.0\/24, gateway/],
    "another driver": [list({ ...found, Driver: "macvlan" }), "fail", /^driver is macvlan, not bridge$/],
    "another gateway, and no range": [
      list({ ...found, IPAM: { Config: [{ ...config, Gateway: "192.168.1.1", IPRange: undefined }] } }),
      "fail",
      /^gateway is 192\.168\.1\.1, not 192\.168\.1\.254; ip-range is none, not 192\.168\.1\.0\/28$/,
    ],
    "a second subnet": [list({ ...found, IPAM: { Config: [config, config] } }), "fail", /^it has 2 subnets$/],
    "no addressing": [list({ ...found, IPAM: { Config: null } }), "fail", /^subnet is none/],
    "no options": [list({ ...found, Options: null }), "fail", /bridge\.name is none, not chat0$/],
    "only one whose id begins like the name": [
      list({ ...found, Name: "other" }),
      "fail",
      /^the network does not exist$/,
    ],
    "no such network": [
      { stdout: "[]\n", stderr: "Error: No such network: chat\n", status: 1 },
      "fail",
      /^the network does not exist$/,
    ],
    "no such network, as newer engines say": [
      { stdout: "[]\n", stderr: "Error response from daemon: network chat not found\n", status: 1 },
      "fail",
      /^the network does not exist$/,
    ],
    "no engine": [noEngine, "error", /^Cannot connect to the Docker daemon/],
    "no JSON": [{ stdout: "hello" }, "error", /^docker network inspect wrote no JSON$/],
  };
  for (const [what, [reply, status, detail]] of Object.entries(networks)) {
    it(`network: ${what}`, async () => {
      docker.play({ "network inspect chat": reply });
      const verdict = await judged(network);
      assert.equal(verdict.status, status, verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }

  it("network: a range where none is declared", async () => {
    docker.play({ "network inspect chat": list(found) });
    const { status, detail } = await judged({ ...network, ipRange: undefined });
    assert.deepEqual({ status, detail }, { status: "fail", detail: "ip-range is 192.168.1.0/28, not none" });
  });

  const endpoints: Record<string, [Reply, "pass" | "fail" | "error", RegExp]> = {
    "at its address": [list(container), "pass", /^192\.168\.1\.1 on chat$/],
    "at another address": [
      list({ ...container, NetworkSettings: { Networks: { chat: { IPAddress: "192.168.1.9" } } } }),
      "fail",
      /^its address is 192\.168\.1\.9, not 192\.168\.1\.1$/,
    ],
    "off the network": [list({ ...container, NetworkSettings: { Networks: {} } }), "fail", /^it is not on chat$/],
    stopped: [list({ ...container, State: { Running: false, Status: "exited" } }), "fail", /^the container is exited$/],
    gone: [
      { stdout: "[]\n", stderr: "Error: No such container: a\n", status: 1 },
      "fail",
      /^the container does not exist$/,
    ],
    "no engine": [noEngine, "error", /^Cannot connect/],
  };
  for (const [what, [reply, status, detail]] of Object.entries(endpoints)) {
    it(`endpoint: ${what}`, async () => {
      docker.play({ "container inspect a": reply });
      const verdict = await judged(endpoint);
      assert.equal(verdict.status, status, verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }

  it("asks once for all, and one that is gone does not hide the others", async () => {
    const reply = { ...list(container), stderr: "Error: No such container: b\n", status: 1 };
    docker.play({ "container inspect a b": reply });
    const checks = await proved([placed(endpoint), placed({ ...endpoint, container: "b" }), placed(endpoint)]);
    assert.deepEqual(
      checks.map(({ from, status }) => [from, status]),
      [
        ["a", "pass"],
        ["b", "fail"],
        ["a", "pass"],
      ],
    );
    assert.deepEqual(docker.calls(), [
      { when: "container inspect a b", call: "container inspect a b", host: "unix:///nowhere.sock" },
    ]);
  });

  const log: Expectation = { kind: "log", name: "a heard", from: "a", contains: ["one", "two"] };
  const logs: Record<string, [Reply, "pass" | "fail" | "error", RegExp]> = {
    "both texts": [{ stdout: "one\n", stderr: "two\n" }, "pass", /^it holds all 2 texts$/],
    "one of them": [{ stdout: "one\n" }, "fail", /^it lacks "two"$/],
    "no container": [{ stderr: "Error: No such container: a\n", status: 1 }, "error", /^No such container: a$/],
  };
  for (const [what, [reply, status, detail]] of Object.entries(logs)) {
    it(`log: ${what}`, async () => {
      docker.play({ "logs a": reply });
      const verdict = await judged(log);
      assert.equal(verdict.status, status, verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }

  const shared: Expectation = { kind: "shared-listener", name: "s sees 80", from: "s", owner: "a", port: 80 };
  const sharer = { ...container, Id: "5678", Name: "/s", HostConfig: { NetworkMode: "container:1234" } };
  const listening = { outcome: "listening", own: [], hidden: 0, detail: "port 80 is listening" };
  const stacks: Record<string, [object, object, "pass" | "fail" | "error", RegExp]> = {
    "the owner's": [listening, sharer, "pass", /^port 80 is listening, and no process of s listens$/],
    "nothing listens": [{ outcome: "silent" }, sharer, "fail", /seen/],
    "its own process": [{ ...listening, own: [7] }, sharer, "fail", /by s's own process 7$/],
    "processes that hide": [{ ...listening, hidden: 2 }, sharer, "error", /^2 processes do not show/],
    "another stack": [listening, { ...sharer, HostConfig: { NetworkMode: "host" } }, "fail", /stack host, not in a's$/],
  };
  for (const [what, [outcome, inspected, status, detail]] of Object.entries(stacks)) {
    it(`shared-listener: ${what}`, async () => {
      docker.play({ "container inspect s a": list(inspected, container), "exec -i s ": { outcomes: { 80: outcome } } });
      const verdict = await judged(shared);
      assert.equal(verdict.status, status, verdict.detail);
      assert.match(verdict.detail, detail);
    });
  }
});
