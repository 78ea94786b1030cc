import type { Command } from "../command";
import { thisMachine } from "../setup/machine";
import { startedEngine, stopEngine } from "../setup/own-engine";

export const command: Command = {
  summary: "Stop the Docker engine, if this program started it",
  examples: [["npm run engine:stop", "after npm run destroy, on a machine where npm start brought the engine"]],
  async run({ progress }) {
    const machine = thisMachine();
    if (startedEngine(machine) === undefined) {
      process.stdout.write("This program has started no Docker engine that still runs. Others are left alone.\n");
    } else {
      await progress.step("Docker: stop", (report) => stopEngine(machine, report));
    }
    return 0;
  },
};
