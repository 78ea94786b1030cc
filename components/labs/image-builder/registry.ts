import { z } from "zod";
import { filePath, line, matching, secretText, words } from "../../settings/types";

/** Who may push and pull, and where. Of the password's two forms there is just one. */
export const registry = z
  .strictObject({
    address: matching(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[1-9][0-9]{0,4})?$/, 255, {
      allowed: "a host name or IPv4 address, and a port behind a : where it is not 443",
      cure: "write it like registry.example:5000, without https:// and without a path",
    }).describe("Address of the registry, as the hosts reach it. It speaks HTTPS."),
    path: matching(/^[a-z0-9]+(?:[._/-][a-z0-9]+)*$/, 200, {
      allowed: "lower-case letters and digits, with single . _ - or / between them",
      cure: "write it like project/team",
    })
      .optional()
      .describe("What comes before the repositories' names: a project, an organisation.")
      .register(words, { byDefault: "nothing" }),
    username: line.describe("Who logs in."),
    password: secretText
      .optional()
      .describe("The password, a Pulumi secret: `pulumi config set --secret --path …`.")
      .register(words, { byDefault: "none" }),
    passwordPath: filePath
      .optional()
      .describe("In place of `password`: a file that holds it and nothing else.")
      .register(words, { byDefault: "none" }),
    caPath: filePath
      .optional()
      .describe("PEM file of the authority that signed the registry's certificate; the engines must know it, too.")
      .register(words, { byDefault: "the authorities that this machine trusts" }),
  })
  .describe("A container registry.");

export type RegistrySettings = z.infer<typeof registry>;
