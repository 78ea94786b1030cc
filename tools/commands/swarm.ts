import { text } from "node:stream/consumers";
import type { ClaimData, SwarmData } from "../../components/cluster/data";
import { type Command, UserError } from "../command";

const actions = ["claim", "apply", "key", "leave"];

export const command: Command = {
  summary:
    "Make hosts one cluster, or take one out: for the program itself, which says on standard input what they are",
  // What the engines call themselves; another id is a reason to look again, and nothing more.
  options: { engine: { type: "string", multiple: true, default: [] } },
  allowPositionals: true,
  async run({ positionals: [what], signal, progress }) {
    if (!actions.includes(what)) {
      throw new UserError(`swarm: say what to do: ${actions.join(", ")}.`);
    }
    const input: unknown = JSON.parse(await text(process.stdin));
    // Loaded only here: the list of all commands has no use for the engine's library.
    if (what === "claim" || what === "leave") {
      const { claimMember, leaveSwarm } = require("../swarm/leave") as typeof import("../swarm/leave");
      const told = await (what === "claim" ? claimMember : leaveSwarm)(input as ClaimData);
      process.stdout.write(told === undefined ? "" : `${told}\n`);
      return 0;
    }
    const { applySwarm, unlockKeyOf } = require("../swarm/apply") as typeof import("../swarm/apply");
    const answer =
      what === "key"
        ? await unlockKeyOf(input as SwarmData)
        : await applySwarm(input as SwarmData, { signal, say: (line) => progress.line(line) });
    process.stdout.write(typeof answer === "string" ? answer : `${JSON.stringify(answer)}\n`);
    return 0;
  },
};
