import type { Command } from "../command";
import { setUp } from "../setup";
import { bringUp } from "../update";

export const updateOptions = {
  labs: { type: "string" },
  "take-over": { type: "boolean", default: false },
} as const;

export const command: Command = {
  summary: "Bring an environment up, mending whatever an earlier run or a hand left",
  options: updateOptions,
  async run({ environment, values, progress }) {
    const { toolchain, engine } = await setUp(progress, { environment });
    const { exitCode } = await bringUp({
      environment,
      toolchain,
      engine: engine.dockerHost,
      progress,
      labs: values.labs as string | undefined,
      takeOver: values["take-over"] as boolean,
    });
    return exitCode;
  },
};
