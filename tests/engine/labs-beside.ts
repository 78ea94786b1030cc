import { labs } from "../../components/labs";
import type { LabTopology } from "../../components/network/topology";

/**
 * Every lab's settings with names, addresses and ports of a test's own, so that it stands beside whatever else is up.
 * `number` is that of the test's environment.
 */
export function labsBeside(number: number) {
  const prefix = `t${number}-`;
  const named = (name: string) => ({ name: `${prefix}${name}` });
  return {
    "docker-networks": {
      image: { name: "cnl-test-python" },
      chat: {
        network: { ...named("chat"), subnet: `10.214.${number}.0/25`, bridge: `${prefix}chat0` },
        server: named("chat-server"),
        clients: { count: 2, names: [`${prefix}Alice`, `${prefix}Bob`] },
      },
      web: {
        network: { ...named("web"), subnet: `10.214.${number}.128/25`, bridge: `${prefix}web0` },
        server: { ...named("my-server"), port: 18_000 + number },
        byAlias: named("container1"),
        sharedStack: named("container2"),
        byHostsEntry: named("container3"),
      },
    },
    "imds-proxy": {
      network: { ...named("imds"), subnet: `10.212.${number}.0/24`, bridge: `${prefix}imds0` },
      standIn: named("imds"),
      proxy: named("proxy"),
      clients: named("client"),
      outsider: named("outsider"),
    },
    "app-pool": {
      name: `${prefix}app`,
      count: 5,
      firstPort: 20_000 + 10 * number,
      // A subnet of 1,024 addresses for each of the numbers.
      network: {
        ...named("pool"),
        subnet: `10.${216 + Math.floor(number / 64)}.${(number % 64) * 4}.0/22`,
        bridge: `${prefix}pool0`,
      },
      frontDoor: { ...named("front-door"), port: 20_009 + 10 * number },
    },
    "endpoint-policies": {
      network: { ...named("policies"), subnet: `10.211.${number}.0/24`, bridge: `${prefix}policies0` },
      server: named("policy-server"),
      client: named("policy-client"),
      neighbour: named("policy-neighbour"),
    },
    "image-builder": {
      run: {
        ...named("built-web"),
        network: { ...named("builder"), subnet: `10.210.${number}.0/24`, bridge: `${prefix}builder0` },
        port: 22_100 + number,
      },
    },
  };
}

/** The docker-networks lab of a test's own as it is on a cluster: its networks are overlays, which have no bridges. */
export function networksOnCluster(number: number) {
  const { chat, web, ...lab } = labsBeside(number)["docker-networks"];
  const plain = ({ name, subnet }: { name: string; subnet: string }) => ({ name, subnet });
  return { ...lab, chat: { ...chat, network: plain(chat.network) }, web: { ...web, network: plain(web.network) } };
}

/** Text of a page about a lab as it is by default, with the names, addresses and ports that the given settings make. */
export function translator(lab: string, settings: object): (text: string) => string {
  const { settings: schema, topology } = labs[lab];
  const pairs = pairsOf(topology(schema.parse({}), "linux"), topology(schema.parse(settings), "linux"));
  const words = new Map(pairs.filter(([theirs, ours]) => theirs !== ours));
  const longestFirst = [...words.keys()].sort((a, b) => b.length - a.length).map(escape);
  // In one pass, so that nothing is translated twice; a word is not translated as a part of another.
  const pattern = new RegExp(`(?<![\\w.-])(?:${longestFirst.join("|")})(?![\\w-]|\\.\\d)`, "g");
  return (text) => text.replace(pattern, (word) => words.get(word)!);
}

/** What two topologies of a lab call the same thing, each. */
function pairsOf(theirs: LabTopology, ours: LabTopology): (readonly [string, string])[] {
  const [before, after] = [wordsOf(theirs), wordsOf(ours)];
  return before.map((word, i) => [word, after[i]] as const);
}

function wordsOf({ networks, containers }: LabTopology): string[] {
  return [
    ...networks.flatMap(({ name, subnet, gateway, ipRange = "", bridge = "" }) => [
      name,
      subnet,
      gateway,
      ipRange,
      bridge,
    ]),
    ...containers.flatMap(({ name, endpoints, ports }) => [
      name,
      ...endpoints.map(({ address }) => address),
      ...ports.map(({ address, hostPort }) => `${address}:${hostPort}`),
    ]),
  ];
}

export function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
