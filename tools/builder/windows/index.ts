import { join, relative } from "node:path";
import { pipeline } from "node:stream/promises";
import { label } from "../../../components/labels";
import type { MachineData } from "../../../components/labs/image-builder/data";
import { bootstrap, inputDocument, powershell } from "../../../components/network/windows/powershell";
import { UserError } from "../../command";
import { ask, type Following, start } from "../machine";
import { type Labels, MissingWorkspace, type Operations, received } from "../operations";

/** Where the scripts are that those of this folder are sent with. */
const shared = join(__dirname, "..", "..", "..", "components", "network", "windows");

/** What builder.ps1 answers, as far as an action has something to say. */
interface Answer {
  readonly build: number;
  readonly into: string;
  readonly id: string;
  readonly folder: string;
  readonly digests: readonly string[];
}

/**
 * The operations as functions of builder.ps1. An archive is tar's own business, as PowerShell takes what it reads and
 * writes for text: it is between two calls, over the same connection.
 */
export function windowsOperations(
  machine: MachineData,
  folder: string,
  stack: string,
  following: Following,
): Operations {
  const call = async (action: string, data: object = {}): Promise<Answer> => {
    const input = builderDocument({ action, folder, ...data });
    return JSON.parse(await ask(machine, powershell(bootstrap("Invoke-Builder")), { ...following, input })) as Answer;
  };
  const stackLabel = `${label.stack}=${stack}`;
  const both = ({ image }: Labels) => ({ stackLabel, imageLabel: `${label.image}=${image}` });
  return {
    windowsBuild: async () => (await call("windows")).build,
    async receive(hash, index, sendTo) {
      const { into } = await call("open", { hash });
      if (into === "") {
        return false;
      }
      let complete = false;
      try {
        const { process: tar, ended } = start(machine, ["tar", "-x", "-z", "-f", "-", "-C", safe(into)], following);
        tar.stdin.on("error", () => undefined);
        await received(
          sendTo(tar.stdin, new Set()).then(() => true),
          ended,
        );
        complete = true;
      } finally {
        await call("close", { hash, index, complete });
      }
      return true;
    },
    async build(build) {
      const { id } = await call("build", build);
      if (id === "") {
        throw new MissingWorkspace();
      }
      return id;
    },
    check: async (check) => void (await call("check", { ...check, label: stackLabel })),
    keep: async (name, reference, labels) => void (await call("keep", { name, reference, ...both(labels) })),
    discard: async (names) => void (await call("discard", { names })),
    async push(id, remote, { address, ...login }) {
      return (await call("push", { id, remote, registry: address, ...login })).digests;
    },
    async pull(reference, { address, ...login }, labels) {
      return (await call("pull", { reference, registry: address, ...login, ...both(labels) })).id;
    },
    async export(artefacts, to) {
      const { folder: gathered } = await call("gather", { artefacts, label: stackLabel });
      try {
        const words = ["tar", "-c", "-z", "-f", "-", "-C", safe(gathered), "sums", "files"];
        const { process: tar, ended } = start(machine, words, following);
        tar.stdin.end();
        await Promise.all([ended, pipeline(tar.stdout, to)]);
      } finally {
        await call("remove", { what: "artefacts" });
      }
    },
    removeWorkspace: async () => void (await call("remove", { what: "workspace" })),
    removeImages: async (image, labels) => void (await call("remove", { what: "image", image, ...both(labels) })),
  };
}

/** What the program on the command line reads: the scripts, and the data that they are called with. */
export function builderDocument(data: object): string {
  return inputDocument(["docker", relative(shared, join(__dirname, "builder"))], data);
}

/** A path that cmd.exe takes as one word without quotes. */
function safe(path: string): string {
  if (!/^[A-Za-z]:[\w\\.-]+$/.test(path)) {
    throw new UserError(`cmd.exe on the server would not take this path for one: ${path}`, 1);
  }
  return path;
}
