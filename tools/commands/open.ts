import { type Command, UserError } from "../command";
import { connected } from "../daily/connected";
import { labNamed } from "../daily/find";
import { type Place, whatToOpen } from "../open";
import { run, runAttached } from "../processes";

export const command: Command = {
  summary: "Open a lab's page in the browser, through a tunnel where it is on a server's own address",
  options: { print: { type: "boolean", default: false } },
  allowPositionals: true,
  examples: [
    ["npm run open docker-networks", "its page in the browser"],
    ["npm run open app-pool -- --print", "only the addresses"],
    ["npm run open docker-networks -- --environment remote-test", "through a tunnel, which is there until Ctrl-C"],
  ],
  async run(call) {
    const { environment, positionals, values } = call;
    const outputs = await connected(call);
    const lab = labNamed(positionals[0], outputs.topology);
    const hosts = outputs.topology.hosts.map((host) => ({
      ...host,
      labs: host.labs.filter((each) => each.lab === lab),
    }));
    const { places, tunnels } = whatToOpen({ ...outputs, topology: { ...outputs.topology, hosts } }, environment);
    const [tunnel] = tunnels;
    const all = [...places, ...tunnels.flatMap((each) => each.places)];
    if (all.length === 0) {
      throw new UserError(`${lab} has nothing to open.`, 1);
    }
    process.stdout.write(all.map(({ where, what }) => `${where}  ${what}\n`).join(""));
    tunnels.forEach(({ command: words }) => process.stdout.write(`Through: ${words}\n`));
    if (values.print === true || !process.stdout.isTTY) {
      return 0;
    }
    await show(places[0] ?? tunnel.places[0], tunnel !== undefined && places.length === 0);
    return places.length > 0 ? 0 : runAttached(...inShell(tunnel.command));
  },
};

/** A tunnel needs a moment before it leads anywhere. */
async function show({ where }: Place, later: boolean): Promise<void> {
  const [program, ...args] = openers[process.platform] ?? ["xdg-open"];
  const opening = async (): Promise<unknown> => run(program, [...args, where]).catch(() => undefined);
  if (later) {
    setTimeout(() => void opening(), 2_000);
  } else {
    await opening();
  }
}

const openers: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: ["open"],
  win32: ["cmd", "/d", "/c", "start", ""],
};

function inShell(words: string): [string, string[]] {
  return process.platform === "win32" ? ["cmd", ["/d", "/c", words]] : ["sh", ["-c", `exec ${words}`]];
}
