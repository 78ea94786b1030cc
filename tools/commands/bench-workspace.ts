import { type Command, UserError } from "../command";

export const command: Command = {
  summary: "Compare how a workspace gets to a server with rsync and scp: --rounds 5; as JSON with --json",
  options: { rounds: { type: "string", default: "5" }, json: { type: "boolean", default: false } },
  afterInterrupt: "npm run bench:workspace",
  async run({ values, progress, signal }) {
    const rounds = values.rounds as string;
    if (!/^[1-9]\d?$/.test(rounds)) {
      throw new UserError(`--rounds: "${rounds}" is no whole number from 1 to 99.`);
    }
    const { setUp } = require("../setup") as typeof import("../setup");
    const { engine } = await setUp(progress);
    // Tests' environments take the engine that this process is told of.
    process.env.DOCKER_HOST = engine.dockerHost;
    const { benchWorkspace, phases } = require("../../bench/workspace") as typeof import("../../bench/workspace");
    const { figuresTable } = require("../bench/page") as typeof import("../bench/page");
    const { figures, missing } = await benchWorkspace({ rounds: Number(rounds), progress, signal });
    process.stdout.write(
      values.json === true ? `${JSON.stringify(figures)}\n` : `\n${figuresTable(figures, phases)}\n\n`,
    );
    missing.forEach((name) =>
      progress.line(`Not measured: ${name}, whose program is not on this machine or the server.`),
    );
    return 0;
  },
};
