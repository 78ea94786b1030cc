import { z } from "zod";
import { words, type CheckWords } from "../../settings/types";

/**
 * What a Windows container takes for the account it acts as: a file below the engine's `CredentialSpecs`, a value of the
 * registry's key for them, or the specification itself. It holds no secret.
 * Source: https://learn.microsoft.com/virtualization/windowscontainers/manage-containers/manage-serviceaccounts
 */
export const credentialSpec = z
  .string()
  .check(({ value, issues }) => {
    const problem = problemOf(value);
    if (problem !== undefined) {
      issues.push({ code: "custom", input: value, params: problem });
    }
  })
  .register(words, {
    allowed: "file:// and a file's name, registry:// and a value's name, or raw:// and a specification in JSON",
    cure: "write it like file://webapp01.json: `New-CredentialSpec` makes the file and says its name",
  });

function problemOf(value: string): CheckWords | undefined {
  const [, scheme, rest] = /^(file|registry|raw):\/\/(.*)$/s.exec(value) ?? [];
  switch (scheme) {
    case "file":
      return /^[^\\/:*?"<>|]+$/.test(rest) && !/^\.+$/.test(rest)
        ? undefined
        : {
            allowed: "file:// and the name of a file in the engine's folder CredentialSpecs",
            cure: "write the name alone, without a folder, for example file://webapp01.json",
          };
    case "registry":
      return /^[^\\/]+$/.test(rest)
        ? undefined
        : {
            allowed: "registry:// and the name of a value below the registry's key for credential specifications",
            cure: "write the name alone, without a key, for example registry://webapp01",
          };
    case "raw":
      return rawProblem(rest);
    default:
      return {};
  }
}

/** The parts without which the host could not tell whose account it is. */
const specification = z.object({
  CmsPlugins: z
    .array(z.string())
    .refine((plugins) => plugins.includes("ActiveDirectory"), "ActiveDirectory is missing"),
  DomainJoinConfig: z.object({ DnsName: z.string().min(1), NetBiosName: z.string().min(1) }),
  ActiveDirectoryConfig: z.object({
    GroupManagedServiceAccounts: z.array(z.object({ Name: z.string().min(1), Scope: z.string().min(1) })).min(1),
  }),
});

function rawProblem(text: string): CheckWords | undefined {
  try {
    const { error } = specification.safeParse(JSON.parse(text));
    const [issue] = error?.issues ?? [];
    return issue === undefined
      ? undefined
      : {
          allowed: "raw:// and a specification as New-CredentialSpec writes it",
          cure: `write the whole file's content: of ${issue.path.join(".") || "the whole"} it is said: ${issue.message}`,
        };
  } catch (error) {
    return { allowed: "raw:// and a specification in JSON", cure: `mend the JSON: ${(error as Error).message}` };
  }
}
