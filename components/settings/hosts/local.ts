import { z } from "zod";
import { dockerName } from "../types";

/** This machine and the engine that its user's Docker client reaches. */
export const local = z
  .strictObject({
    kind: z.literal("local").describe("Where containers run: `local` is this machine's container engine."),
    name: dockerName.default("local").describe("Name of the host in the checks, the picture and the outputs."),
    os: z.enum(["linux", "windows"]).default("linux").describe("System of the containers that the engine runs."),
  })
  .describe("This machine and the engine that its user's Docker client reaches.");
