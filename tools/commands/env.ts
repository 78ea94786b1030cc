import type { Command } from "../command";
import { setUp } from "../setup";

export const command: Command = {
  summary: 'Print what plain `pulumi` needs in a shell: eval "$(npm run -s env)"',
  options: { "simulated-azure": { type: "boolean", default: false } },
  examples: [
    ['eval "$(npm run -s env)"', "then plain pulumi knows the same tools, state and login"],
    ['eval "$(npm run -s env -- --environment rehearsal --simulated-azure)"', "with the simulated Azure besides"],
  ],
  async run({ environment, progress, values }) {
    const { toolchain } = await setUp(progress, {
      environment,
      simulatedAzure: values["simulated-azure"] as boolean,
    });
    const lines = Object.entries(toolchain.env).map(([name, value]) => `export ${name}=${quoted(value)}\n`);
    process.stdout.write(lines.join(""));
    return 0;
  },
};

/** For a POSIX shell: within single quotes nothing has a meaning but a single quote itself. */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}
