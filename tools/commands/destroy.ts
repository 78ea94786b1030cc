import type { Command } from "../command";
import { setUp } from "../setup";
import { tearDown } from "../update";

export const command: Command = {
  summary: "Take an environment down, and ask the engine what is left of it",
  options: { "take-over": { type: "boolean", default: false } },
  async run({ environment, values, progress }) {
    const { toolchain, engine } = await setUp(progress, { environment });
    const { exitCode, left } = await tearDown({
      environment,
      toolchain,
      engine: engine.dockerHost,
      progress,
      takeOver: values["take-over"] as boolean,
    });
    if (left.length > 0) {
      progress.line(
        `Still there under the label of stack "${environment}":\n${left.map((one) => `  ${one}`).join("\n")}`,
      );
      progress.line(`Run npm run destroy -- --environment ${environment} again once what holds them is gone.`);
      return exitCode || 1;
    }
    if (exitCode === 0) {
      progress.line(`Nothing is left of "${environment}": the engine at ${engine.dockerHost} was asked.`);
    }
    return exitCode;
  },
};
