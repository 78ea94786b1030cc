import { durationOf, expires } from "../../components/settings/expires";
import { type Command, UserError } from "../command";
import { endOf, withEnd } from "../expiry/end";
import { endText } from "../expiry/words";
import { lockLeftBehind } from "../heal/killed-run";
import { ensureToolchain } from "../setup/toolchain";
import { readState, writeState } from "../stack";

export const command: Command = {
  summary: "Give an environment more time before it expires",
  allowPositionals: true,
  examples: [
    ["npm run extend 4h", "four hours more for local; from now on, if it is over"],
    ["npm run extend 2d -- --environment rehearsal", "two days more for another one"],
  ],
  async run({ environment, positionals, progress }) {
    const [by = "", ...others] = positionals;
    if (others.length > 0 || !expires.safeParse(by).success) {
      throw new UserError(
        "extend: say by how much or until when, for example npm run extend 4h, or 2027-01-31T18:00:00Z.",
      );
    }
    const toolchain = await ensureToolchain(progress, { environment });
    // What an update has under way would be lost with the state that it works from.
    if (lockLeftBehind({ stack: environment, backend: toolchain.backend })) {
      const cure = `npm run up -- --environment ${environment}`;
      throw new UserError(`An update of "${environment}" was killed, and what it left comes first: ${cure}`);
    }
    const state = await readState(environment, toolchain);
    // Whoever comes late wants so much time from now on.
    const from = Math.max(endOf(state)?.getTime() ?? 0, Date.now());
    const length = durationOf(by);
    const end = length === undefined ? new Date(by) : new Date(from + length);
    await writeState(environment, toolchain, withEnd(state, end, environment));
    process.stdout.write(`${environment} ${endText(end)}\n`);
    return 0;
  },
};
