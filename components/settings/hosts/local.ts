import { z } from "zod";
import { dockerName } from "../types";
import { hostOs } from "./shared";

/** This machine and the engine that its user's Docker client reaches. */
export const local = z
  .strictObject({
    kind: z.literal("local").describe("Where containers run: `local` is this machine's container engine."),
    name: dockerName.default("local").describe("Name of the host in the checks, the picture and the outputs."),
    os: hostOs,
  })
  .describe("This machine and the engine that its user's Docker client reaches.");
