import assert from "node:assert/strict";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { AzureEnvironment } from "../engine/rehearsed-azure";
import { fail, said, succeed } from "../engine/support";

const number = 171;

describe("an environment in Azure, as it is rehearsed", function () {
  this.timeout(900_000);
  const env = new AzureEnvironment(number);

  before(() => env.settleMachines(1));
  after(() => env.remove());

  const unchanged = (): void => {
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--expect-no-changes"));
  };

  it("comes up on one machine, and a second up changes nothing", () => {
    env.up();
    env.proved(1);
    unchanged();
    assert.doesNotMatch(env.up(), /created|updated|replaced|deleted/);
  });

  it("gets two machines more, and the first is not touched", () => {
    const [first] = env.machines();
    const containers = env.containersOn(first);
    env.settleMachines(3);
    env.up();
    assert.deepEqual(env.machines()[0], first);
    assert.deepEqual(env.containersOn(first), containers);
    env.proved(3);
  });

  it("loses one of three, and the others are not touched", () => {
    const before = env.machines().slice(0, 2);
    const containers = before.map((machine) => env.containersOn(machine));
    env.settleMachines(2);
    env.up();
    assert.deepEqual(env.machines(), before);
    assert.deepEqual(
      before.map((machine) => env.containersOn(machine)),
      containers,
    );
    env.proved(2);
  });

  for (const action of ["delete", "replace"]) {
    it(`has its labs again where a machine was taken away behind its back: ${action}`, () => {
      const [first, second] = env.machines();
      const containers = env.containersOn(second);
      env.behindItsBack("instance", action, "labs", first.number);
      env.up();
      assert.ok(!env.machines().some(({ number: other }) => other === first.number));
      assert.deepEqual(env.containersOn(second), containers);
      env.proved(2);
    });
  }

  it("is throttled, and takes its time", () => {
    env.settleMachines(2);
    env.up();
    env.settleMachines(3);
    // One refusal fewer than those after which azure-native gives up.
    env.order({ throttle: { writes: 3, retryAfterSeconds: 1 } });
    env.up();
    env.proved(3);
  });

  it("says which machine's bootstrap failed and why, and goes on with the next up", () => {
    env.settleMachines(2);
    env.up();
    const next = String(Math.max(...env.machines().map((machine) => Number(machine.number))) + 1);
    const further = String(Number(next) + 1);
    env.order({
      extensionFailures: [next, further].map((instance) => ({ instance, message: "no room on /var", times: 1 })),
    });
    env.settleMachines(3);
    const told = fail(env.run("up"));
    assert.match(told, /no room on \/var/);
    assert.match(told, /VMExtensionProvisioningError/);
    assert.match(told, /npm run up/);
    env.order({ extensionFailures: [] });
    env.up();
    env.proved(3);
  });

  for (const seconds of [6, 14]) {
    it(`is killed ${seconds} s into an update that makes it anew, and one more mends it`, async () => {
      succeed(env.run("destroy"));
      env.settleMachines(2);
      const child = env.start("up");
      await sleep(seconds * 1000);
      const exit = once(child, "exit");
      process.kill(-child.pid!, "SIGKILL");
      await exit;
      env.up();
      env.proved(2);
    });
  }

  it("leaves nothing: no machine, no load balancer, nothing in Azure", () => {
    assert.match(said(env.run("destroy")), /Nothing is left/);
    assert.deepEqual(env.left(), []);
  });
});
