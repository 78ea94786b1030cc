import { networkInterfaces } from "node:os";
import { overlap } from "../../components/network/address";
import { UserError } from "../command";
import { type Docker, lines } from "./docker";
import { nameOf, ofRehearsal, rehearsalLabel } from "./labels";

/** Every host's engine has its default network here, each in a network stack of its own. */
export const INNER_BRIDGE_ADDRESS = "198.19.255.1";

/**
 * In the range that RFC 2544 keeps for benchmarks of network devices: neither a lab nor the network of a site is there. It has
 * two halves; what is in the other one is a container of a host, not a host.
 */
const candidates = Array.from({ length: 256 }, (_, i) => `198.18.${i}.0/24`);

/**
 * The network that hosts and registry of an environment share, made where it is not there. Returns its name.
 * @param ofMachine Subnets that this machine is on.
 */
export async function ensureNetwork(
  docker: Docker,
  environment: string,
  ofMachine: readonly string[] = subnetsOfMachine(),
): Promise<string> {
  const name = nameOf(environment);
  const found = await docker(["network", "ls", "--filter", ofRehearsal(environment), "--format", "{{.Name}}"]);
  if (!lines(found).includes(name)) {
    const subnet = freeSubnet([...(await subnetsOfEngine(docker)), ...ofMachine]);
    const label = `${rehearsalLabel.environment}=${environment}`;
    await docker(["network", "create", "--label", label, "--subnet", subnet, name]);
  }
  return name;
}

/** The subnet of a network that ensureNetwork made. */
export async function subnetOf(docker: Docker, network: string): Promise<string> {
  return (await docker(["network", "inspect", "--format", "{{(index .IPAM.Config 0).Subnet}}", network])).trim();
}

function freeSubnet(taken: readonly string[]): string {
  const free = candidates.find((candidate) => !taken.some((each) => overlap(candidate, each)));
  if (free === undefined) {
    throw new UserError(
      "Rehearsal hosts need a subnet of 198.18.0.0/16, and none is free here. Remove networks of rehearsals that are " +
        "over (npm run destroy), or end the VPN that uses it, and run the same command again.",
    );
  }
  return free;
}

async function subnetsOfEngine(docker: Docker): Promise<string[]> {
  const ids = lines(await docker(["network", "ls", "--quiet", "--no-trunc"]));
  const format = "{{range .IPAM.Config}}{{println .Subnet}}{{end}}";
  const subnets = lines(await docker(["network", "inspect", "--format", format, ...ids]));
  return subnets.filter((subnet) => subnet.includes("."));
}

function subnetsOfMachine(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .flatMap(({ family, cidr }) => (family === "IPv4" && cidr !== null ? cidr : []));
}
