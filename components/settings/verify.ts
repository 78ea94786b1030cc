import { z } from "zod";
import { wholeNumber } from "./types";

/** How the labs' expectations are proved. */
export const verify = z
  .strictObject({
    onUpdate: z
      .boolean()
      .default(false)
      .describe("Prove the labs' expectations as part of every update, which fails if one does not hold."),
    limitSeconds: wholeNumber(1, 600)
      .default(30)
      .describe("How long a check that does not hold yet is tried again, in seconds."),
  })
  .prefault({})
  .describe("How the labs' expectations are proved.");

export type VerifySettings = z.infer<typeof verify>;
