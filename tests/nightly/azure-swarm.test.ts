import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { resourcesOf, type StackState } from "../../tools/stack";
import { networksOnCluster } from "../engine/labs-beside";
import { AzureEnvironment } from "../engine/rehearsed-azure";
import { docker, said, succeed } from "../engine/support";

const number = 174;

describe("a swarm of a scale set's machines, as it is rehearsed", function () {
  this.timeout(900_000);
  const env = new AzureEnvironment(number);
  const onCluster = { cluster: "swarm", placement: "spread" };
  const settle = (capacity: number) => env.settleMachines(capacity, onCluster, networksOnCluster(number));

  before(() => settle(2));
  after(() => env.remove());

  const nodes = (): string[] => {
    const [{ container }] = env.machines();
    const format = "{{.Hostname}} {{.Status}} {{.ManagerStatus}}";
    return docker("exec", container, "docker", "node", "ls", "--format", format).split("\n");
  };

  const certificate = (): string => docker("exec", env.machines()[0].container, "cat", "/etc/docker/tls/server.pem");

  /** Has the state tell that the certificates were made half a year ago. */
  function forgetRenewal(): void {
    const file = join(env.folder, "state.json");
    const state = JSON.parse(succeed(env.pulumi("stack", "export", "--stack", env.name))) as StackState;
    const [made] = resourcesOf(state).filter(({ urn }) => urn.endsWith("::labs-credentials-certificates"));
    for (const recorded of [made.inputs, made.outputs] as { triggers: number[] }[]) {
      recorded.triggers[0] -= 1;
    }
    writeFileSync(file, JSON.stringify(state));
    succeed(env.pulumi("stack", "import", "--stack", env.name, "--file", file));
  }

  it("comes up with the lab over all of them, and a second up changes nothing", () => {
    env.up();
    env.proved(2);
    assert.deepEqual([nodes().length, nodes().filter((node) => / Ready/.test(node)).length], [2, 2]);
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--expect-no-changes"));
  });

  it("is whole after the one update that renewed certificates, which restarts all engines and locks their managers", () => {
    const before = certificate();
    forgetRenewal();
    assert.match(env.up(), /Mend the cluster: labs-1 is unlocked/);
    assert.notEqual(certificate(), before);
    env.proved(2);
  });

  it("has a machine more, and then three managers", () => {
    settle(3);
    env.up();
    env.proved(3);
    assert.equal(nodes().filter((node) => / Ready +(Leader|Reachable)/.test(node)).length, 3);
  });

  it("has the machine that Azure gives in place of one among its members, and the old node no more", () => {
    const [, second] = env.machines();
    env.behindItsBack("instance", "delete", "labs", second.number);
    env.up();
    env.proved(3);
    assert.equal(nodes().length, 3);
  });

  it("leaves nothing: no machine, nothing in Azure", () => {
    assert.match(said(env.run("destroy")), /Nothing is left/);
    assert.deepEqual(env.left(), []);
  });
});
