import { z } from "zod";
import { wholeNumber } from "../types";

/** Settings that several kinds of hosts have. */
export const hostOs = z
  .enum(["linux", "windows"])
  .default("linux")
  .describe("System of the containers that the engine runs.");

export const rehearsed = z
  .boolean()
  .default(false)
  .describe("Whether the servers are containers of this machine's engine, which `npm start` makes.");

export function readySeconds(standard: number) {
  return wholeNumber(1, 3_600)
    .default(standard)
    .describe("How long to wait for servers that are not ready yet, in seconds.");
}
