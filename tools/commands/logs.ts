import { clientEnvironment } from "../../components/hosts/engine-address";
import { type Command, UserError } from "../command";
import { connected } from "../daily/connected";
import { containersOf, type Found, labNamed } from "../daily/find";
import { running, type Running } from "../daily/running";
import { colours } from "../terminal/colours";

/** Containers whose logs a person can read side by side. */
const MOST = 20;

export const command: Command = {
  summary: "Show what a lab's containers wrote, each line with its container",
  options: { tail: { type: "string", default: "20" }, follow: { type: "boolean", default: false } },
  allowPositionals: true,
  examples: [
    ["npm run logs docker-networks", "the last 20 lines of each container"],
    ["npm run logs docker-networks chat-server -- --tail all", "all of one"],
    ["npm run logs imds-proxy -- --follow", "as they are written, until Ctrl-C"],
  ],
  async run(call) {
    const { positionals, values, signal } = call;
    const outputs = await connected(call);
    const [lab, ...names] = positionals;
    const chosen = choose(containersOf(outputs), labNamed(lab, outputs.topology), names);
    const width = Math.max(...chosen.map(({ container }) => container.name.length));
    const args = ["logs", "--tail", values.tail as string, ...(values.follow === true ? ["--follow"] : [])];
    const show = async (found: Found): Promise<number> =>
      showLog(found, await running(found, outputs.hosts), args, width, signal);
    if (values.follow === true) {
      return Math.max(...(await Promise.all(chosen.map(show))));
    }
    let exitCode = 0;
    for (const found of chosen) {
      exitCode = Math.max(exitCode, await show(found));
    }
    return exitCode;
  },
};

/** The containers of a lab that are asked for. Throws a UserError where one is not there, or there are too many to read. */
export function choose(all: readonly Found[], lab: string, names: readonly string[]): readonly Found[] {
  const own = all.filter((each) => each.lab === lab);
  const unknown = names.filter((name) => !own.some(({ container }) => container.name === name));
  if (unknown.length > 0) {
    const some = own.slice(0, MOST).map(({ container }) => container.name);
    throw new UserError(`${lab} has no container ${unknown.join(", ")}. It has ${some.join(", ")}.`);
  }
  const chosen = names.length === 0 ? own : own.filter(({ container }) => names.includes(container.name));
  if (chosen.length > MOST) {
    const first = own[0].container.name;
    throw new UserError(`${lab} has ${chosen.length} containers. Name up to ${MOST}: npm run logs ${lab} ${first}`);
  }
  return chosen;
}

/** Gives back 1 where the engine could not show it. */
async function showLog(
  { container }: Found,
  { host, name }: Running,
  args: readonly string[],
  width: number,
  signal: AbortSignal,
): Promise<number> {
  const { execa } = await import("execa");
  const { dim } = colours(process.stdout);
  const options = {
    env: clientEnvironment(host),
    reject: false,
    all: true,
    buffer: false,
    cancelSignal: signal,
  } as const;
  const child = execa("docker", [...args, name], options);
  for await (const line of child.iterable({ from: "all" })) {
    process.stdout.write(`${dim(`${container.name.padEnd(width)} |`)} ${line}\n`);
  }
  return (await child).exitCode === 0 ? 0 : 1;
}
