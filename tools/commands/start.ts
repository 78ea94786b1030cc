import type { Command } from "../command";
import { declarationIn } from "../stack";
import { colours } from "../terminal/colours";
import { bringUp, prepare } from "../update";
import { outFolder, verify } from "./verify";
import { updateOptions } from "./up";

export const command: Command = {
  summary: "Bring an environment up from nothing, prove it, and say what to open",
  options: updateOptions,
  afterInterrupt: "npm start",
  async run(call) {
    const { environment, progress, signal } = call;
    const { exitCode, state } = await bringUp(await prepare(call));
    const declaration = declarationIn(state);
    if (exitCode !== 0 || declaration === undefined) {
      return exitCode || 1;
    }
    const proving = verify(declaration, { environment, progress, signal });
    // Loading what draws takes as long as some checks do, so it goes on while they run.
    const { writePictures } = require("../graph") as typeof import("../graph");
    const { report, exitCode: proved } = await proving;
    const pictures = await writePictures(
      outFolder(environment),
      declaration.topology,
      declaration.expectations,
      report,
    );
    const { bold } = colours(process.stdout);
    const open = Object.entries(declaration.labs).flatMap(([lab, { open: addresses }]) =>
      Object.entries(addresses).map(([what, where]) => `  ${bold(where)}  ${lab}: ${what}\n`),
    );
    process.stdout.write(`\nTo open:\n${open.join("")}  ${pictures.html}  the topology and these checks\n`);
    process.stdout.write(
      `\nNext: npm run verify, npm run graph, npm run destroy; plain pulumi after eval "$(npm run -s env)"\n`,
    );
    return proved;
  },
};
