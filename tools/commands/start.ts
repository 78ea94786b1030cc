import type { Command } from "../command";
import { whatToOpen, type Place } from "../open";
import { declarationIn } from "../stack";
import { colours } from "../terminal/colours";
import { bringUp, prepare } from "../update";
import { outFolder, verify } from "./verify";
import { updateOptions } from "./up";

export const command: Command = {
  summary: "Bring an environment up from nothing, prove it, and say what to open",
  options: updateOptions,
  examples: [
    ["npm start", "local, all labs"],
    ["npm start -- --labs endpoint-policies", "one lab of it"],
    ["npm start -- --environment rehearsal", "an environment in Azure, rehearsed on this machine"],
  ],
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
    const pictures = await writePictures(outFolder(environment), declaration, report);
    const { bold } = colours(process.stdout);
    const { places, tunnels } = whatToOpen(declaration, environment);
    const lines = (open: readonly Place[]): string =>
      open.map(({ where, what }) => `  ${bold(where)}  ${what}\n`).join("");
    process.stdout.write(`\nTo open:\n${lines(places)}  ${pictures.html}  the topology and these checks\n`);
    for (const tunnel of tunnels) {
      process.stdout.write(`\nTo open while this runs: ${tunnel.command}\n${lines(tunnel.places)}`);
    }
    const option = environment === "local" ? "" : ` -- --environment ${environment}`;
    const next = ["verify", "graph", "destroy"].map((command) => `npm run ${command}${option}`).join(", ");
    process.stdout.write(`\nNext: ${next}; plain pulumi after eval "$(npm run -s env)"\n`);
    return proved;
  },
};
