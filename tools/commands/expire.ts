import { type Call, type Command, UserError } from "../command";
import { isOver, listing } from "../expiry/listing";
import { type KnownStack, knownStacks } from "../expiry/stacks";
import { withStackFile } from "../expiry/stand-in-file";
import { CommandError, run } from "../processes";
import { thisMachine } from "../setup/machine";
import { ensureToolchain, type Toolchain } from "../setup/toolchain";

export const command: Command = {
  summary: "List all environments with age, cost and end, and take down those that are past it",
  options: { yes: { type: "boolean", default: false }, "dry-run": { type: "boolean", default: false } },
  examples: [
    ["npm run expire", "on a terminal only the list; elsewhere, as in CI, those past their end are taken down"],
    ["npm run expire -- --yes", "take them down"],
    ["npm run expire -- --dry-run", "only the list, wherever it is called"],
  ],
  async run(call) {
    const { progress, values } = call;
    const toolchain = await ensureToolchain(progress);
    const stacks = await knownStacks(toolchain);
    process.stdout.write(`${listing(stacks).join("\n")}\n`);
    const over = stacks.filter((stack) => isOver(stack));
    if (values["dry-run"] === true || (values.yes !== true && process.stdout.isTTY)) {
      const names = over.map(({ name }) => name).join(", ");
      process.stdout.write(over.length === 0 ? "" : `\nTo take down ${names}: npm run expire -- --yes\n`);
      return 0;
    }
    const kept: { name: string; why: string }[] = [];
    // One after another: each tells what it does on this terminal.
    for (const stack of over) {
      const why = await remove(stack, call, toolchain);
      if (why !== undefined) {
        kept.push({ name: stack.name, why });
      }
    }
    for (const { name, why } of kept) {
      process.stderr.write(`Not taken down: ${name}: ${why}\n`);
    }
    const broken = stacks.filter(({ broken }) => broken !== undefined);
    for (const { name } of broken) {
      process.stderr.write(
        `It can't be told when ${name} ends, as its state can't be read. What a killed run left of it is put right by: ` +
          `npm run destroy -- --environment ${name}\n`,
      );
    }
    return kept.length > 0 ? 1 : broken.length > 0 ? 2 : 0;
  },
};

/** Takes an environment down. Gives back why it is still there, where it is. */
async function remove(stack: KnownStack, call: Call, toolchain: Toolchain): Promise<string | undefined> {
  const { name, locked } = stack;
  if (locked !== undefined) {
    return locked;
  }
  const { command: destroy } = require("./destroy") as typeof import("./destroy");
  const values = { "take-over": false, forget: [], yes: false };
  call.progress.line(`${name} is past its end, and is taken down.`);
  try {
    return await withStackFile(thisMachine().project, stack, async (isGone) => {
      const exitCode = await destroy.run({ ...call, environment: name, values, positionals: [] });
      // Nobody can bring it up again: there are no settings any more.
      if (exitCode === 0 && isGone) {
        await run(toolchain.pulumi, ["stack", "rm", "--yes", "--stack", name], { env: toolchain.env });
      }
      return exitCode === 0 ? undefined : `npm run destroy ended with exit code ${exitCode}, see above`;
    });
  } catch (error) {
    if (error instanceof UserError && !call.signal.aborted) {
      return error instanceof CommandError ? error.message : error.message.split("\n")[0];
    }
    throw error;
  }
}
