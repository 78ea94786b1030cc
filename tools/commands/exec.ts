import { clientEnvironment } from "../../components/hosts/engine-address";
import type { Command } from "../command";
import { connected } from "../daily/connected";
import { endpointNamed } from "../daily/find";
import { running } from "../daily/running";
import { runAttached } from "../processes";

export const command: Command = {
  summary: "Run a command in a container: by its name, an alias or an address; a shell where none is given",
  allowPositionals: true,
  passesOn: true,
  examples: [
    ["npm run exec chat-alice", "a shell in chat-alice"],
    ["npm run exec chat-alice -- ip route", "what is behind -- is the command"],
    ["npm run exec 192.168.2.1 -- cat /etc/hosts", "the container that has this address"],
    ["npm run exec -- --environment rehearsal policy-client@labs-1 -- ip addr", "on another environment's host"],
  ],
  async run(call) {
    const [endpoint, ...given] = call.positionals;
    const outputs = await connected(call);
    const { host, name } = await running(endpointNamed(endpoint, outputs), outputs.hosts);
    const shell = host.os === "windows" ? ["powershell"] : ["sh"];
    const terminal = process.stdin.isTTY && process.stdout.isTTY;
    const args = ["exec", "--interactive", ...(terminal ? ["--tty"] : []), name];
    return runAttached("docker", [...args, ...(given.length > 0 ? given : shell)], { env: clientEnvironment(host) });
  },
};
