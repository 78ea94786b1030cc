import { z } from "zod";
import { dockerName } from "../types";
import { cluster, clusterNameRules, clusterRules } from "./cluster";
import { refuser } from "./placement";
import { hostOs } from "./shared";

/** This machine and the engine that its user's Docker client reaches. */
export const local = z
  .strictObject({
    kind: z.literal("local").describe("Where containers run: `local` is this machine's container engine."),
    name: dockerName.default("local").describe("Name of the host in the checks, the picture and the outputs."),
    os: hostOs,
    cluster,
  })
  .superRefine((given, context) => {
    const refuse = refuser(given, context);
    clusterRules(given, [{ os: given.os, at: [] }], refuse);
    clusterNameRules(given, [{ name: given.name, at: [] }], refuse);
  })
  .describe("This machine and the engine that its user's Docker client reaches.");
