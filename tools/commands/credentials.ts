import { text } from "node:stream/consumers";
import type { CertificatesOrder, KeysOrder } from "../../components/azure/credentials";
import { type Command, UserError } from "../command";

export const command: Command = {
  summary: "Make keys or certificates of cloud hosts: for the program itself, with standard input and output",
  allowPositionals: true,
  async run({ positionals: [what], signal }) {
    if (what !== "keys" && what !== "certificates") {
      throw new UserError('credentials: say what to make, "keys" or "certificates".');
    }
    if (process.stdout.isTTY) {
      throw new UserError("credentials: what is made is secret and is not shown on a terminal.");
    }
    // Loaded only here: the list of all commands has no use for what it brings along.
    const { makeCertificates, makeKeys } = require("../credentials") as typeof import("../credentials");
    const order: unknown = JSON.parse(await text(process.stdin));
    const made =
      what === "keys" ? await makeKeys(order as KeysOrder, signal) : await makeCertificates(order as CertificatesOrder);
    process.stdout.write(`${JSON.stringify(made)}\n`);
    return 0;
  },
};
