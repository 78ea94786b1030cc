import type { Command } from "../command";
import { bringUp, prepare, takeOverOption } from "../update";

export const updateOptions = { labs: { type: "string" }, ...takeOverOption } as const;

export const command: Command = {
  summary: "Bring an environment up, mending whatever an earlier run or a hand left",
  options: updateOptions,
  examples: [
    ["npm run up", "local, as its stack file says"],
    ["npm run up -- --environment rehearsal --labs docker-networks,app-pool", "another one, with these labs alone"],
    ["npm run up -- --take-over", "also remove what another state left under this stack's label"],
  ],
  async run(call) {
    return (await bringUp(await prepare(call))).exitCode;
  },
};
