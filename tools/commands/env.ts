import type { Command } from "../command";
import { setUp } from "../setup";
import { thisMachine } from "../setup/machine";

export const command: Command = {
  summary: 'Print what plain `pulumi` needs in a shell: eval "$(npm run -s env)"',
  async run({ environment, progress, signal }) {
    const { toolchain } = await setUp(progress, { environment, machine: thisMachine(signal) });
    const lines = Object.entries(toolchain.env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    process.stdout.write(lines.join(""));
    return 0;
  },
};

/** For a POSIX shell: within single quotes nothing has a meaning but a single quote itself. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
