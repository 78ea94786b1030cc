import { createInterface } from "node:readline";
import { openTunnels, tunnelTrouble } from "../../../components/hosts/tunnels";
import type { TunnelledServer } from "../../../components/hosts/tunnel-routes";

/** A process that needs tunnels: each line of its input is servers to have tunnels to, or a host whose trouble is asked. */
const [environment] = process.argv.slice(2);
let servers: TunnelledServer[] = [];

async function obey(line: string): Promise<unknown> {
  const order = JSON.parse(line) as TunnelledServer[] | string;
  if (typeof order === "string") {
    return {
      trouble: await tunnelTrouble(
        servers.find(({ name }) => name === order)!,
        environment,
      ),
    };
  }
  servers = order;
  return openTunnels(order, environment).then(
    () => ({}),
    (error: Error) => ({ refused: error.message }),
  );
}

createInterface({ input: process.stdin }).on("line", (line) => {
  void obey(line).then((answer) => process.stdout.write(`${JSON.stringify(answer)}\n`));
});
