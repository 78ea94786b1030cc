import type { Command } from "../command";
import { prepare, takeOverOption, tearDown } from "../update";

export const command: Command = {
  summary: "Take an environment down, and ask the engine what is left of it",
  options: takeOverOption,
  async run(call) {
    const { environment, progress } = call;
    const options = await prepare(call);
    const { exitCode, left } = await tearDown(options);
    if (left.length > 0) {
      progress.line(
        `Still there under the label of stack "${environment}":\n${left.map((one) => `  ${one}`).join("\n")}`,
      );
      progress.line(`Run npm run destroy -- --environment ${environment} again once what holds them is gone.`);
      return exitCode || 1;
    }
    if (exitCode === 0) {
      progress.line(`Nothing is left of "${environment}": the engine at ${options.engine} was asked.`);
    }
    return exitCode;
  },
};
