import type { Command } from "../command";
import { bringUp, prepare, takeOverOption } from "../update";

export const updateOptions = { labs: { type: "string" }, ...takeOverOption } as const;

export const command: Command = {
  summary: "Bring an environment up, mending whatever an earlier run or a hand left",
  options: updateOptions,
  async run(call) {
    return (await bringUp(await prepare(call))).exitCode;
  },
};
