import type { Command } from "../command";
import { setUp, summary } from "../setup";
import { thisMachine } from "../setup/machine";

export const command: Command = {
  summary: "Bring what an update needs: Pulumi, a Docker engine, an image to build from",
  async run({ environment, progress, signal }) {
    process.stdout.write(`${summary(await setUp(progress, { environment, machine: thisMachine(signal) }))}\n`);
    return 0;
  },
};
