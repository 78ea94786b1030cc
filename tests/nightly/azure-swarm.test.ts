import assert from "node:assert/strict";
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

  it("comes up with the lab over all of them, and a second up changes nothing", () => {
    env.up();
    env.proved(2);
    assert.deepEqual([nodes().length, nodes().filter((node) => / Ready/.test(node)).length], [2, 2]);
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--expect-no-changes"));
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
