import { text } from "node:stream/consumers";
import type { PoolData, PoolPart } from "../../components/containers/container-pool";
import { type Command, UserError } from "../command";

/** Milliseconds between two lines about how far it is. */
const HEARTBEAT_MS = 5000;

const ids = { type: "string", multiple: true, default: [] as string[] } as const;

export const command: Command = {
  summary: "Make or remove a pool's containers: for the program itself, which says on standard input what they are",
  options: { image: ids, network: ids },
  allowPositionals: true,
  async run({ positionals: [what], values, signal, progress }) {
    if (what !== "apply" && what !== "remove") {
      throw new UserError('pool: say what to do, "apply" or "remove".');
    }
    // Loaded only here: the list of all commands has no use for the engine's library.
    const { applyPool, removePool } = require("../pool") as typeof import("../pool");
    const options = { signal, onDone: teller((line) => progress.line(line)) };
    const input: unknown = JSON.parse(await text(process.stdin));
    if (what === "remove") {
      await removePool(input as PoolPart, options);
    } else {
      const given = { images: idsOf(values.image), networks: idsOf(values.network) };
      process.stdout.write(`${JSON.stringify(await applyPool(input as PoolData, given, options))}\n`);
    }
    return 0;
  },
};

/** Ids by name, from `NAME=ID`. */
function idsOf(given: unknown): Map<string, string> {
  return new Map((given as string[]).map((each): [string, string] => [each.split("=")[0], each.split("=")[1]]));
}

/** Tells "120 of 200" from time to time, so that a long run is seen to go on. */
function teller(say: (line: string) => void): (done: number, of: number) => void {
  let said = Date.now();
  return (done, of) => {
    if (Date.now() - said >= HEARTBEAT_MS) {
      said = Date.now();
      say(`${done} of ${of}`);
    }
  };
}
