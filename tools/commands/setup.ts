import type { Command } from "../command";
import { setUp, summary } from "../setup";

export const command: Command = {
  summary: "Bring what an update needs: Pulumi, a Docker engine, an image to build from",
  examples: [["npm run setup", "Pulumi, plugins, engine and base image, and no lab"]],
  async run({ environment, progress }) {
    process.stdout.write(`${summary(await setUp(progress, { environment }))}\n`);
    return 0;
  },
};
