import { createInterface } from "node:readline/promises";
import { fingerprint } from "../../components/hosts/host-key";
import { type Call, type Command, UserError } from "../command";
import { thisMachine } from "../setup/machine";
import { readStackFile, type StackFile } from "../stack-file";
import { offeredKey, type Place } from "../trust/offered-key";
import { pin, pinnedKey, serverNamed, type Pinned, type UntrustedServer } from "../trust/pinned";

/** A machine whose key is asked for. */
interface Asked extends Place, Pinned {
  /** As a person calls it: `one`, `the jump host of one`. */
  readonly name: string;
  readonly of: "server" | "jump";
  readonly os: "linux" | "windows";
}

export const command: Command = {
  summary: "Look at a server's host key, and write it into the settings once you know that it is the server's",
  options: {
    fingerprint: { type: "string", multiple: true, default: [] },
    yes: { type: "boolean", default: false },
    replace: { type: "boolean", default: false },
  },
  examples: [
    ["npm run trust one -- --environment remote-test", "show the key of server one, and ask"],
    ["npm run trust one -- --environment remote-test --fingerprint SHA256:…", "pin it if it has this fingerprint"],
    ["npm run trust one -- --environment remote-test --replace", "pin another one than is pinned"],
  ],
  allowPositionals: true,
  async run(call) {
    const [name, ...others] = call.positionals;
    if (name === undefined || others.length > 0) {
      throw new UserError("trust: say which server, for example npm run trust one -- --environment remote-test.");
    }
    // The way to the server leads over its jump host, so that one comes first.
    for (const of of ["jump", "server"] as const) {
      const file = readStackFile(thisMachine().project, call.environment);
      const { server, index } = serverNamed(name, file, call.environment);
      const asked = machineOf(server, of);
      if (asked !== undefined) {
        await trust(asked, index, file, call);
      }
    }
    return 0;
  },
};

function machineOf(server: UntrustedServer, of: Asked["of"]): Asked | undefined {
  const { name, jump } = server;
  return of === "server" ? { ...server, of } : jump && { ...jump, name: `the jump host of ${name}`, of, os: "linux" };
}

async function trust(asked: Asked, index: number, file: StackFile, call: Call): Promise<void> {
  const { progress, values, signal, environment, positionals } = call;
  const { name, address, port, of } = asked;
  const key = await offeredKey(asked, signal);
  const pinned = pinnedKey(asked);
  const [type] = key.split(" ");
  if (pinned === key) {
    progress.line(`The host key of ${name} is pinned already: ${type} ${fingerprint(key)}.`);
    return;
  }
  progress.line(`${name}, at ${address}:${port}, shows the host key\n  ${type} ${fingerprint(key)}`);
  if (pinned !== undefined) {
    const other = `The settings pin another one:\n  ${pinned.split(" ")[0]} ${fingerprint(pinned)}`;
    if (values.replace !== true) {
      throw new UserError(
        `${other}\nEither the server has a new key, or somebody is in between. Ask whoever runs it. If it is new:\n` +
          `  npm run trust ${positionals[0]} -- --environment ${environment} --replace`,
        1,
      );
    }
    progress.line(other);
  }
  await confirm(asked, key, call);
  pin(file, index, of, key);
  progress.line(`Written into stacks/Pulumi.${environment}.yaml as the host key of ${name}.`);
}

/** Returns once somebody has said that the key is the machine's. Throws a UserError if they say that it is not. */
async function confirm({ name, os }: Asked, key: string, { values, progress, signal }: Call): Promise<void> {
  const found = fingerprint(key);
  const given = (values.fingerprint as string[]).map((each) => (each.startsWith("SHA256:") ? each : `SHA256:${each}`));
  if (given.length > 0) {
    if (!given.includes(found)) {
      throw new UserError(`${name} shows ${found}, and not ${given.join(" or ")}. Nothing was written.`, 1);
    }
    return;
  }
  if (values.yes === true) {
    return;
  }
  progress.line(
    `To compare, where you know that it is the server (its console, its provider):\n  ${comparison(key, os)}`,
  );
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new UserError("There is no terminal to ask on. Say --fingerprint SHA256:…, or --yes. Nothing was written.");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question("Is it the same? (yes/no) ", { signal });
    if (!/^y(es)?$/i.test(answer.trim())) {
      throw new UserError("Nothing was written.", 1);
    }
  } finally {
    terminal.close();
  }
}

/** What shows a key's fingerprint on the machine itself. */
function comparison(key: string, os: Asked["os"]): string {
  const kind = key.startsWith("ssh-ed25519") ? "ed25519" : key.startsWith("ecdsa") ? "ecdsa" : "rsa";
  const folder = os === "windows" ? "C:\\ProgramData\\ssh\\" : "/etc/ssh/";
  return `ssh-keygen -lf ${folder}ssh_host_${kind}_key.pub`;
}
