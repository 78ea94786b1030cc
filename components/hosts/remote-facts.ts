import { askEngine, besidesBridges, NEIGHBOUR_LIMIT } from "./engine";
import type { EngineAddress } from "./engine-address";
import type { EngineFacts } from "./engine-facts";
import { listenersIn } from "./listeners";
import { overSsh, type SshTarget } from "./ssh";

/** In one session; what a host has not, it does not tell. Each part begins with its name. */
const tellingCommand =
  `sh -c 'for t in tcp tcp6 udp udp6; do echo "== $t"; cat /proc/net/$t; done; echo "== ip"; ip -o -4 addr; ` +
  `echo "== neighbours"; cat ${NEIGHBOUR_LIMIT}; exit 0' ` +
  "2>/dev/null";

/** What a remote Linux host's engine has already, and what the host itself has besides. */
export async function askRemoteHost(engine: EngineAddress, target: SshTarget): Promise<EngineFacts> {
  const [facts, told] = await Promise.all([askEngine(engine), overSsh(target, tellingCommand)]);
  return { ...facts, ...ownFacts(told, facts.networks) };
}

/** The host's listeners, subnets and limit of neighbours, as its answer to the command has them. */
export function ownFacts(
  told: string,
  networks: EngineFacts["networks"],
): Pick<EngineFacts, "listeners" | "hostSubnets" | "neighbours" | "addresses"> {
  const parts = told
    .split(/^== /m)
    .slice(1)
    .map((part) => ({ name: part.split("\n", 1)[0], text: part.slice(part.indexOf("\n") + 1) }));
  // Whose they are, the answer does not tell.
  const listeners = parts.flatMap(({ name, text }) => listenersIn(name, text, () => undefined));
  const interfaces = parts
    .filter(({ name }) => name === "ip")
    .flatMap(({ text }) => [...text.matchAll(/^\d+:\s+(\S+)\s+inet (\d+\.\d+\.\d+\.\d+\/\d+)/gm)])
    .map(([, name, cidr]) => ({ name, cidr }))
    .filter(({ name }) => name !== "lo");
  const neighbours = Number(parts.find(({ name }) => name === "neighbours")?.text ?? 0);
  const hostSubnets = besidesBridges(interfaces, networks);
  const addresses = hostSubnets.map((cidr) => cidr.split("/")[0]);
  return { listeners, hostSubnets, addresses, ...(neighbours > 0 ? { neighbours } : {}) };
}
