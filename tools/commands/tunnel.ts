import { once } from "node:events";
import { keeperLog } from "../../components/hosts/tunnels";
import { type Command, UserError } from "../command";
import { failedStep } from "../../components/hosts/readiness";
import { connectHosts } from "../hosts";
import { recordedHosts } from "../recorded-hosts";
import { stackOutputs } from "../stack";

export const command: Command = {
  summary: "Keep the tunnels to an environment's hosts open, for a program of your own, until Ctrl-C",
  examples: [["npm run tunnel -- --environment azure-linux", "in a terminal of its own"]],
  async run({ environment, progress, signal }) {
    const { toolchain, state } = await stackOutputs(environment);
    const servers = recordedHosts(state).map(({ server }) => server);
    if (!servers.some(({ tunnel }) => tunnel !== undefined)) {
      throw new UserError(
        `The hosts of "${environment}" are reached without a tunnel.\n` +
          "Tunnels are for a scale set with hosts.administration.through: bastion.",
      );
    }
    const tried = await connectHosts({ environment, toolchain, state, progress, signal, wait: false });
    for (const { name, port, tls } of servers) {
      const failed = tried.filter((host) => host.name === name).map(failedStep)[0];
      const ends = `SSH at 127.0.0.1:${port}, Docker at tcp://127.0.0.1:${tls!.port}`;
      process.stdout.write(`${name}  ${ends}${failed === undefined ? "" : `  not ready: ${failed.detail}`}\n`);
    }
    process.stdout.write(`Open until Ctrl-C. What they do is written to ${keeperLog(environment)}.\n`);
    if (!signal.aborted) {
      // A connection to their keeper holds no process.
      const hold = setInterval(() => undefined, 60_000);
      await once(signal, "abort");
      clearInterval(hold);
    }
    return 0;
  },
};
