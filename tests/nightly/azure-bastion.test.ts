import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processes } from "../engine/processes";
import { AzureEnvironment } from "../engine/rehearsed-azure";
import { said, succeed } from "../engine/support";

const throughBastion = { administration: { through: "bastion" } };

describe("an environment in Azure without an administration port, as it is rehearsed", function () {
  this.timeout(900_000);
  const env = new AzureEnvironment(173);

  before(() => env.settleMachines(1, throughBastion));
  after(() => env.remove());

  const resources = (): { type: string; outputs?: Record<string, unknown> }[] => {
    const text = succeed(env.pulumi("stack", "export", "--stack", env.name));
    return (JSON.parse(text) as { deployment: { resources: { type: string; outputs?: Record<string, unknown> }[] } })
      .deployment.resources;
  };
  /** Which machine each host is. */
  const machines = (): Record<string, string> =>
    Object.fromEntries(
      resources()
        .filter(({ type }) => type.endsWith(":ScaleSetHost"))
        .map(({ outputs }) => outputs!.recorded as { server: { name: string; instance: string } })
        .map(({ server: { name, instance } }) => [name, instance]),
    );

  it("comes up, is proved, and changes nothing with a second up", () => {
    env.up();
    env.proved(1);
    succeed(env.pulumi("preview", "--stack", env.name, "--non-interactive", "--expect-no-changes"));
    assert.doesNotMatch(env.up(), /created|updated|replaced|deleted/);
  });

  it("has nothing that leads from its load balancer to SSH or Docker, and leaves no process on this machine", async () => {
    const [balancer] = resources().filter(({ type }) => type.endsWith(":LoadBalancer"));
    assert.deepEqual(balancer.outputs!.inboundNatRules ?? [], []);
    await gone(env.folder);
  });

  it("is worked with by other programs while tunnels are kept, also where one breaks", async () => {
    const keeping = env.start("tunnel");
    const { server } = resources().find(({ type }) => type.endsWith(":ScaleSetHost"))!.outputs!.recorded as {
      server: { tls: { port: number; certPath: string } };
    };
    const docker = (): string => {
      const { port, certPath } = server.tls;
      const tls = { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: join(env.folder, certPath) };
      const options = { env: { ...env.env, ...tls }, encoding: "utf8", stdio: "pipe", timeout: 60_000 } as const;
      return execFileSync("docker", ["-H", `tcp://127.0.0.1:${port}`, "ps", "--quiet"], options);
    };
    await within(60, () => docker() !== "");
    const before = running(env.folder, "az.ts");
    assert.notDeepEqual(before, []);
    before.forEach((pid) => process.kill(pid, "SIGKILL"));
    await within(60, () => docker() !== "");
    const exit = once(keeping, "exit");
    process.kill(-keeping.pid!, "SIGKILL");
    await exit;
    await gone(env.folder);
  });

  it("keeps its hosts on their machines where one is taken away, and the new machine has that one's place", () => {
    env.settleMachines(2, throughBastion);
    env.up();
    const before = machines();
    const [first, second] = env.machines();
    const containers = env.containersOn(second);
    env.behindItsBack("instance", "delete", "labs", first.number);
    env.up();
    const after = machines();
    assert.deepEqual(env.containersOn(second), containers);
    assert.equal(after["labs-2"], before["labs-2"]);
    assert.notEqual(after["labs-1"], before["labs-1"]);
    env.proved(2);
  });

  it("is killed in an update, and one more mends it", async () => {
    succeed(env.run("destroy"));
    const child = env.start("up");
    await sleep(14_000);
    const exit = once(child, "exit");
    process.kill(-child.pid!, "SIGKILL");
    await exit;
    env.up();
    env.proved(2);
  });

  it("leaves nothing: no machine, nothing in Azure, no process", async () => {
    assert.match(said(env.run("destroy")), /Nothing is left/);
    assert.deepEqual(env.left(), []);
    await gone(env.folder);
  });
});

/** Processes that keep tunnels, or are one, and were started in a folder. */
function running(folder: string, words = ""): number[] {
  return processes()
    .filter(({ environment }) => environment.some((entry) => entry.startsWith("CONTAINER_NETWORK_LABS_TUNNELS=")))
    .filter(({ environment }) => environment.some((entry) => entry.includes(folder)))
    .filter((each) => each.arguments.some((argument) => argument.includes(words)))
    .map(({ pid }) => pid);
}

async function gone(folder: string): Promise<void> {
  await within(30, () => running(folder).length === 0);
}

async function within(seconds: number, holds: () => boolean): Promise<void> {
  for (const since = Date.now(); ; await sleep(500)) {
    try {
      assert.ok(holds());
      return;
    } catch (error) {
      if (Date.now() - since > seconds * 1000) {
        throw error;
      }
    }
  }
}
