import { z } from "zod";
import { dockerName, ipv4Address, line, port, words } from "./types";

const connection = z.strictObject({
  from: dockerName.describe("The container that opens the connection, by its name. On Linux its image needs Python."),
  to: z
    .union([ipv4Address, dockerName])
    .describe("Who is asked: a container of the same host by its name, or an IPv4 address.")
    .register(words, {
      allowed: "a container's name or an IPv4 address",
      cure: "write one of them, for example policy-server",
    }),
  port: port.describe("The TCP port that is asked."),
  reach: z.boolean().default(true).describe("Whether the connection must come about, or must not."),
  why: line
    .optional()
    .describe("What it is for: the check's name ends with because and this.")
    .register(words, { byDefault: "nothing" }),
});

/** What an environment itself states of who reaches whom, whatever its labs' settings come to. */
export const expect = z
  .array(connection)
  .default([])
  .describe(
    "Connections that must come about, or must not, whatever else is set. What labs expect follows their settings, " +
      "and these do not: a preview tells which of them a change would break, and `verify` proves them.",
  )
  .register(words, {
    allowed: "a list of connections, each with from, to and port",
    cure: "write each below it, for example - { from: policy-client, to: policy-server, port: 8080 }",
  });

export type ExpectedConnection = z.infer<typeof connection>;
