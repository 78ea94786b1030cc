import { text } from "node:stream/consumers";
import { machinesOfHosts } from "../../components/azure/instances";
import type { MachineOfHost, MachinesOrder } from "../../components/azure/tunnelled";
import type { Command } from "../command";

export const command: Command = {
  summary: "Say which host is which machine of a cloud: for the program itself, with standard input and output",
  async run() {
    const { hosts, machines } = JSON.parse(await text(process.stdin)) as MachinesOrder;
    // Pulumi hands over what this printed the last time.
    const { PULUMI_COMMAND_STDOUT: last = "" } = process.env;
    const before = last === "" ? {} : (JSON.parse(last) as MachineOfHost);
    process.stdout.write(JSON.stringify(Object.fromEntries(machinesOfHosts(hosts, before, machines))));
    return 0;
  },
};
