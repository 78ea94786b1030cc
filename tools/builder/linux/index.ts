import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type { Writable } from "node:stream";
import { label } from "../../../components/labels";
import type { MachineData } from "../../../components/labs/image-builder/data";
import { ask, type Following, MachineError, start } from "../machine";
import { type Labels, type Login, MissingWorkspace, type Operations, received, type Sender } from "../operations";

/** EX_NOINPUT of sysexits.h: how build.sh says that it has no such workspace. */
const NO_WORKSPACE = 66;

/** EX_DATAERR of sysexits.h: how receive.sh says that it had less than it said. It will not say so again. */
const NOT_AS_TOLD = 65;

/** The operations as POSIX shell scripts, which the machine is sent with each. */
export function linuxOperations(machine: MachineData, folder: string, stack: string, following: Following): Operations {
  const run = (names: readonly string[], args: readonly string[], input?: string): Promise<string> =>
    ask(machine, script(names, args), { ...following, input });
  const stackLabel = `${label.stack}=${stack}`;
  return {
    async receive(hash, index, sendTo) {
      const words = script(["receive"], [folder, hash, index.join("\n")]);
      const attempt = (): Promise<boolean> => {
        const { process: child, ended } = start(machine, words, following);
        return received(send(child, sendTo), ended);
      };
      return attempt().catch((error: unknown) => {
        if (error instanceof MachineError && error.status === NOT_AS_TOLD) {
          return attempt();
        }
        throw error;
      });
    },
    async build({ sees, name, dockerfile, context, options }) {
      try {
        return lastLine(await run(["build"], [folder, sees, name, dockerfile, context, ...options]));
      } catch (error) {
        throw error instanceof MachineError && error.status === NO_WORKSPACE ? new MissingWorkspace() : error;
      }
    },
    async check({ sees, image, id, words, keep }) {
      await run(["check"], [folder, sees, image, id, stackLabel, String(keep.length), ...keep, ...words]);
    },
    async keep(name, reference, labels) {
      await run(["keep"], [name, reference, ...both(labels)]);
    },
    async discard(names) {
      await run(["discard"], names);
    },
    async push(id, remote, login) {
      const digests = await run(["registry", "push"], [...who(login), id, remote], login.password);
      return digests.split("\n").filter(Boolean);
    },
    async pull(reference, login, labels) {
      return lastLine(await run(["registry", "pull"], [...who(login), reference, ...both(labels)], login.password));
    },
    async export(artefacts, to) {
      const wanted = artefacts.flatMap(({ from, of, path }) => [from, of, path]);
      const { process: child, ended } = start(machine, script(["export"], [folder, stackLabel, ...wanted]), following);
      child.stdin.end();
      const written = pipeline(child.stdout, to);
      await Promise.all([ended, written]);
    },
    async removeWorkspace() {
      await run(["remove"], [folder, "workspace"]);
    },
    async removeImages(image, labels) {
      await run(["remove"], [folder, "image", image, ...both(labels)]);
    },
    windowsBuild: () => Promise.resolve(undefined),
  };
}

/** The words that run scripts, one after the other in one shell, with arguments. */
export function script(names: readonly string[], args: readonly string[]): string[] {
  const text = names.map((name) => readFileSync(join(__dirname, `${name}.sh`), "utf8")).join("");
  return ["sh", "-c", text, names.at(-1)!, ...args];
}

/** Waits for the answer, and sends the archive where it is asked for. Resolves to whether it was. */
async function send(
  { stdin, stdout }: { readonly stdin: Writable; readonly stdout: NodeJS.ReadableStream },
  sendTo: Sender,
): Promise<boolean> {
  stdin.on("error", () => undefined);
  const there = new Set<string>();
  for await (const line of createInterface({ input: stdout })) {
    if (line === "need") {
      await sendTo(stdin, there);
      return true;
    }
    there.add(line);
  }
  stdin.end();
  return false;
}

function both({ stack, image }: Labels): [string, string] {
  return [`${label.stack}=${stack}`, `${label.image}=${image}`];
}

function who({ address, username }: Login): [string, string] {
  return [address, username];
}

function lastLine(text: string): string {
  return text.trimEnd().split("\n").at(-1)!.trim();
}
