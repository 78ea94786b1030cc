import type { Command } from "../command";
import { Keeper } from "../tunnels/keeper";

export const command: Command = {
  summary: "Keep tunnels to the hosts of a cloud: for the program itself, which starts and asks it",
  async run({ environment, signal }) {
    await new Keeper(environment).keep(signal);
    return 0;
  },
};
