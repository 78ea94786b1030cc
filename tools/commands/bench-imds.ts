import { join } from "node:path";
import { metadataAddress } from "../../components/labs/imds-proxy/addresses";
import { TestEnvironment } from "../../tests/engine/support";
import type { Command } from "../command";
import { run } from "../processes";
import { setUp } from "../setup";

/** What is promised of the way through the client's port proxy, against the way to the proxy's own address. */
const limits = { requestsPerSecond: 0.95, p99: 1.1 } as const;

const number = 153;
const prefix = `t${number}-`;
const proxyAddress = `10.212.${number}.2`;
const client = `${prefix}client1`;
const image = "container-network-labs-bench-imds";
const loadFolder = join(__dirname, "..", "..", "bench", "imds");

/** Enough connections to keep two processors busy, and not so many that waiting for a turn is what is measured. */
const load = ["--threads", "1", "--connections", "4"];
const seconds = { warmUp: 3, round: 5 } as const;
const rounds = 8;

const named = (name: string) => ({ name: `${prefix}${name}` });
const settings = {
  network: { ...named("imds"), subnet: `10.212.${number}.0/24`, bridge: `${prefix}imds0` },
  standIn: named("imds"),
  proxy: named("proxy"),
  clients: { ...named("client"), count: 1 },
  outsider: named("outsider"),
};

/** One run of the load generator. Latencies are in milliseconds. */
interface Run {
  readonly requestsPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
}

interface Measured extends Omit<Run, "failed"> {
  readonly path: string;
}

interface Way {
  readonly path: string;
  readonly host: string;
  readonly runs: Run[];
}

export const command: Command = {
  summary: "Measure the way to the metadata service through port proxy and proxy; as JSON with --json",
  options: { json: { type: "boolean", default: false } },
  examples: [["npm run bench:imds -- --json", "the figures for programs"]],
  afterInterrupt: "npm run bench:imds",
  async run({ values, progress, signal }) {
    const { engine } = await setUp(progress);
    // Tests' environments take the engine that this process is told of.
    process.env.DOCKER_HOST = engine.dockerHost;
    const environment = new TestEnvironment(number);
    environment.settleLabs({ "imds-proxy": settings });
    const ways: readonly [Way, Way] = [
      { path: `client → ${metadataAddress} → proxy → service`, host: metadataAddress, runs: [] },
      { path: "client → proxy's own address → service", host: proxyAddress, runs: [] },
    ];
    try {
      await progress.step("An environment with the imds-proxy lab", () => bringUp(environment));
      await progress.step(`${rounds} rounds of ${seconds.round} s on each way`, () => measure(ways, signal));
    } finally {
      environment.remove();
      await run("docker", ["image", "rm", "--force", image]);
    }
    const [forwarded, direct] = ways.map(median);
    process.stdout.write(values.json === true ? `${JSON.stringify([forwarded, direct])}\n` : told(forwarded, direct));
    const { requestsPerSecond, p99 } = ratios(forwarded, direct);
    return requestsPerSecond >= limits.requestsPerSecond && p99 <= limits.p99 ? 0 : 1;
  },
};

async function bringUp(environment: TestEnvironment): Promise<void> {
  const { code, stdout, stderr } = environment.run("up");
  if (code !== 0) {
    throw new Error(`up ended with status ${code}\n${stdout}${stderr}`);
  }
  const toolbox = await run("docker", ["container", "inspect", "--format", "{{.Config.Image}}", client]);
  await run("docker", ["build", "--quiet", "--tag", image, "--build-arg", `BASE=${toolbox.trim()}`, loadFolder]);
  // Anything else would ask the metadata service of the machine that this runs on.
  const route = await run("docker", ["exec", client, "ip", "route", "get", metadataAddress]);
  if (!route.startsWith("local ")) {
    throw new Error(`${metadataAddress} is not local in ${client}: ${route}`);
  }
}

/** Forth and back in turns, so that a machine which gets slower meanwhile does so for both alike. */
async function measure([forwarded, direct]: readonly [Way, Way], signal: AbortSignal): Promise<void> {
  await generate(forwarded.host, seconds.warmUp);
  await generate(direct.host, seconds.warmUp);
  for (let round = 0; round < rounds; round++) {
    for (const way of round % 2 === 0 ? [forwarded, direct] : [direct, forwarded]) {
      signal.throwIfAborted();
      way.runs.push(await generate(way.host, seconds.round));
    }
  }
}

/** Puts load on the service from within the client's network stack. */
async function generate(host: string, duration: number): Promise<Run> {
  // With the port: names of services are in a file that Debian's small image does not have.
  const url = `http://${host}:80/metadata/instance?api-version=2017-04-02`;
  const args = ["run", "--rm", "--network", `container:${client}`, image, ...load, "--duration", `${duration}s`, url];
  const output = await run("docker", args);
  const found = JSON.parse(output.trim().split("\n").at(-1)!) as Run;
  if (found.failed > 0) {
    throw new Error(`${found.failed} requests to ${url} failed`);
  }
  return found;
}

function median({ path, runs }: Way): Measured {
  const middle = (of: (each: Run) => number): number => {
    const sorted = runs.map(of).sort((a, b) => a - b);
    return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
  };
  return {
    path,
    requestsPerSecond: middle((each) => each.requestsPerSecond),
    p50: middle((each) => each.p50),
    p99: middle((each) => each.p99),
  };
}

function ratios(forwarded: Measured, direct: Measured) {
  return {
    requestsPerSecond: forwarded.requestsPerSecond / direct.requestsPerSecond,
    p99: forwarded.p99 / direct.p99,
  };
}

function told(forwarded: Measured, direct: Measured): string {
  const rows = [forwarded, direct].map(
    ({ path, requestsPerSecond, p50, p99 }) =>
      `${path.padEnd(44)}${requestsPerSecond.toFixed(0).padStart(7)} requests/s   ` +
      `p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms\n`,
  );
  const { requestsPerSecond, p99 } = ratios(forwarded, direct);
  const targets = `targets: at least ${limits.requestsPerSecond} and at most ${limits.p99}`;
  return `${rows.join("")}Ratio: ${requestsPerSecond.toFixed(3)} of the requests, ${p99.toFixed(3)} of the p99 (${targets}).\n`;
}
