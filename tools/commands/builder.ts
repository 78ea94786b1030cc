import { text } from "node:stream/consumers";
import { type Command, UserError } from "../command";

const several = { type: "string", multiple: true, default: [] as string[] } as const;

export const command: Command = {
  summary:
    "Copy, build, push, pull or fetch for the image-builder lab: for the program itself, with data on standard input",
  options: { after: several, image: several, reference: { type: "string" } },
  allowPositionals: true,
  async run({ positionals, values, signal, progress }) {
    // Loaded only here: the list of all commands has no use for what it brings along.
    const { works } = require("../builder") as typeof import("../builder");
    const work = works[positionals.join(" ")];
    if (work === undefined) {
      throw new UserError(`builder: say what to do: ${Object.keys(works).join(", ")}.`);
    }
    const data = JSON.parse(await text(process.stdin)) as Parameters<typeof work>[0];
    const told = { images: values.image as string[], reference: values.reference as string | undefined };
    const report = await work(data, told, { signal, say: (line) => progress.line(line) });
    if (report !== undefined) {
      process.stdout.write(`${JSON.stringify(report)}\n`);
    }
    return 0;
  },
};
