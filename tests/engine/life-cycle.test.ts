import assert from "node:assert/strict";
import type { Report } from "../../components/checks/expectation";
import { docker, TestEnvironment } from "./support";

describe("the life of an environment", function () {
  this.timeout(180_000);
  let env: TestEnvironment;

  before(() => {
    env = new TestEnvironment(1);
  });
  after(() => env.remove());

  const verified = (): Report => {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.equal(code, 0, stdout + stderr);
    return JSON.parse(stdout) as Report;
  };

  it("comes up", () => {
    const { code, stdout, stderr } = env.run("up");
    assert.equal(code, 0, stdout + stderr);
  });

  it("proves every expectation", () => {
    const { checks } = verified();
    assert.equal(checks.length, 22);
    assert.deepEqual(
      checks.filter(({ status }) => status !== "pass"),
      [],
    );
  });

  it("addresses the network as declared", () => {
    const [network] = JSON.parse(docker("network", "inspect", "t1-chat")) as {
      Driver: string;
      IPAM: { Config: unknown[] };
      Options: unknown;
    }[];
    assert.equal(network.Driver, "bridge");
    assert.deepEqual(network.IPAM.Config, [
      { Subnet: "10.214.1.0/25", IPRange: "10.214.1.0/28", Gateway: "10.214.1.126" },
    ]);
    assert.deepEqual(network.Options, { "com.docker.network.bridge.name": "t1-chat0" });
  });

  it("keeps the chat's history at the server", () => {
    const log = docker("logs", "t1-chat-server");
    for (const name of ["t1-Alice", "t1-Bob"]) {
      assert.equal(log.split("\n").filter((line) => line === `${name}: I am ${name}`).length, 1, log);
    }
  });

  it("changes nothing at the second up, and nothing is previewed by plain pulumi either", () => {
    const { code, stdout } = env.run("up");
    assert.equal(code, 0);
    assert.match(stdout, /\n {4}\d+ unchanged\n/);
    assert.doesNotMatch(stdout, /created|updated|replaced|deleted/);
    const preview = env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive");
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
  });

  it("finds after a refresh that nothing has drifted", () => {
    const refresh = ["refresh", "--stack", env.name, "--yes", "--skip-preview", "--expect-no-changes"];
    const { code, stdout, stderr } = env.pulumi(...refresh);
    assert.equal(code, 0, stdout + stderr);
    const preview = env.pulumi("preview", "--stack", env.name, "--expect-no-changes", "--non-interactive");
    assert.equal(preview.code, 0, preview.stdout + preview.stderr);
  });

  const drifts: Record<string, () => void> = {
    "a container removed by hand": () => docker("rm", "-f", "t1-chat-server"),
    "the owner of a shared stack restarted": () => docker("restart", "-t", "1", "t1-my-server"),
    "a container stopped by hand": () => docker("stop", "-t", "1", "chat-t1-alice"),
    "a network disconnected": () => docker("network", "disconnect", "t1-web", "t1-container1"),
    "a network connected that is not declared": () => docker("network", "connect", "t1-chat", "t1-container1"),
    "a container and its network removed": () => {
      docker("rm", "-f", "t1-chat-server", "chat-t1-alice", "chat-t1-bob");
      docker("network", "rm", "t1-chat");
    },
    "an image removed": () => {
      docker("rm", "-f", "t1-my-server");
      docker(
        "image",
        "rm",
        "-f",
        docker("image", "ls", "-q", "--filter", "label=container-network-labs.stack=test-1", "docker-networks-web"),
      );
    },
  };
  for (const [what, happen] of Object.entries(drifts)) {
    it(`mends with one up: ${what}`, () => {
      happen();
      const up = env.run("up");
      assert.equal(up.code, 0, up.stdout + up.stderr);
      verified();
    });
  }

  it("tells that a check fails", () => {
    docker("stop", "-t", "1", "t1-my-server");
    const { code, stdout } = env.run("verify", "--json", "--limit", "1");
    assert.equal(code, 1);
    const statuses = new Set((JSON.parse(stdout) as Report).checks.map(({ status }) => status));
    assert.ok(statuses.has("fail") && statuses.has("pass"), stdout);
  });

  it("leaves nothing after destroy", () => {
    const { code, stdout, stderr } = env.run("destroy");
    assert.equal(code, 0, stdout + stderr);
    assert.deepEqual(env.left(), []);
    assert.match(stderr, /Nothing is left/);
  });

  it("destroys what is destroyed already", () => {
    assert.equal(env.run("destroy").code, 0);
  });

  it("says that nothing was tested where nothing is up", () => {
    const { code, stdout, stderr } = env.run("verify", "--json");
    assert.deepEqual({ code, stdout }, { code: 2, stdout: "" });
    assert.match(stderr, /not up/);
  });
});
