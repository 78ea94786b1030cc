import { parseArgs } from "node:util";
import { ArmError } from "./arm/errors";
import { nameOf } from "./arm/ids";
import { Subscription } from "./arm/subscription";
import { openSimulator, type Simulator } from "./simulator";

const USAGE = `usage: node --require ts-node/register/transpile-only tests/azure-simulator/command.ts …
  show                                 everything in the subscription
  instance list SCALE_SET              its machines
  instance delete SCALE_SET INSTANCE   takes a machine away, as someone else might
  instance replace SCALE_SET INSTANCE  the same, and Azure puts a new one in its place
SCALE_SET is a name or an id. The environment says which subscription (simulator.ts).
`;

/** Does what Azure, or somebody with a login, does behind the program's back. */
async function main(simulator: Simulator): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const subscription = new Subscription(simulator.store.read());
  const [what, action, scaleSet, instance] = positionals;
  if (what === "show") {
    const resources = Object.values(subscription.state.resources);
    print(resources.map(({ id, state }) => `${state.padEnd(10)}${id}`));
    return 0;
  }
  const set = subscription
    .ofType("Microsoft.Compute/virtualMachineScaleSets")
    .find(({ id }) => id.toLowerCase() === scaleSet?.toLowerCase() || nameOf(id) === scaleSet);
  if (what !== "instance" || set === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  if (action === "list") {
    const machines = subscription.machines().filter(({ scaleSet: { id } }) => id === set.id);
    print(machines.map(({ instance: { instanceId, name, model } }) => `${instanceId}\t${name}\tmodel ${model}`));
    return 0;
  }
  if ((action !== "delete" && action !== "replace") || instance === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  await simulator.arm.deleteMachine(set.id, instance, action === "replace");
  return 0;
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
}

main(openSimulator()).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    if (!(error instanceof ArmError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  },
);
