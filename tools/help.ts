import type { Command } from "./command";
import { columns } from "./terminal/columns";

type Named = readonly [name: string, command: Command];

/** Commands as people call them: npm's scripts. */
export function callOf(name: string): string {
  return name === "start" || name === "test" ? `npm ${name}` : `npm run ${name.replace("-", ":")}`;
}

/** What there is, a line each. */
export function commandList(commands: readonly Named[]): string {
  const rows = commands.map(([name, { summary }]) => [`  ${callOf(name)}`, summary]);
  const lines = [
    "The labs' commands. Options come after --: npm run verify -- --environment azure-linux. More: npm run verify -- --help",
    "",
    ...columns(rows),
  ];
  return `${lines.join("\n")}\n`;
}

/** What a command is for, its options, and calls to copy. */
export function commandHelp(name: string, { summary, options = {}, examples = [] }: Command): string {
  const rows = Object.entries(options).map(([option, { type }]) => `--${option}${type === "string" ? " …" : ""}`);
  const shown = examples.map(([call, purpose]) => [`  ${call}`, purpose]);
  return `${[
    `${callOf(name)}: ${summary}.`,
    "",
    `Options: ${[...rows, "--environment NAME (local)", "--help"].join(", ")}`,
    ...(shown.length === 0 ? [] : ["", "Examples:", ...columns(shown)]),
  ].join("\n")}\n`;
}
