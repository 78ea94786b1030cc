import { z } from "zod";
import { networkOf } from "../network/address";
import { shortestPrefix } from "../network/administration";

/**
 * The types that settings are made of. Each carries the words a user is told when a value is not of it; schema-faults.ts
 * finds them by the path of the setting, so a lab that uses these types explains its faults without a line of its own.
 */

/** What a user is told of a setting, beside its description. */
export interface Words {
  /** What it may hold. Objects, enumerations and booleans need none: it is read off the schema. */
  allowed?: string;
  /** What to do about a value that is not allowed. */
  cure?: string;
  /** The default, where it depends on another setting or on the host's system and the schema cannot hold it. */
  byDefault?: string;
  /** Whether no message may show the value. */
  secret?: boolean;
  /** What any key of an object is called in tables, where all that may stand below them is the same. */
  each?: string;
}

export const words = z.registry<Words>();

/** Words of a single check, for `params` of a custom issue, where those of the type would be too general. */
export type CheckWords = Pick<Words, "allowed" | "cure">;

/** Text of at most `most` characters that a pattern describes. */
export function matching(pattern: RegExp, most: number, text: Words) {
  return z.string().regex(pattern).max(most).register(words, text);
}

export const ipv4Address = z.ipv4().register(words, {
  allowed: "an IPv4 address",
  cure: "write four numbers from 0 to 255 with dots between them, for example 192.168.1.1",
});

/** An IPv4 subnet without host bits. A bridge needs addresses for a gateway and a container, hence at most /30. */
export const ipv4Subnet = cidr("subnet", 30, "192.168.1.0/24");

/** A part of a subnet, in the same form; it may be a single address. */
export const ipv4Range = cidr("range", 32, "192.168.1.0/28");

function cidr(noun: string, longest: number, example: string) {
  return z
    .cidrv4({ abort: true })
    .check(({ value, issues }) => {
      const prefix = Number(value.split("/")[1]);
      if (prefix < shortestPrefix.ipv4 || prefix > longest) {
        issues.push({ code: "custom", input: value });
      } else if (networkOf(value) !== value) {
        const cure = `write ${networkOf(value)}, the ${noun} that ${value} lies in`;
        issues.push({ code: "custom", input: value, params: { cure } satisfies CheckWords });
      }
    })
    .register(words, {
      allowed: `an IPv4 ${noun} in CIDR form, from /${shortestPrefix.ipv4} to /${longest}, its host bits zero`,
      cure: `write the first address, a slash and the length of the prefix, for example ${example}`,
    });
}

/** A whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number) {
  return z
    .int()
    .min(least)
    .max(most)
    .register(words, {
      allowed: `a whole number from ${least} to ${most}`,
      cure: "write it in digits, without quotes, and within these limits",
    });
}

export const port = wholeNumber(1, 65_535);

/**
 * A name that an engine takes for a container or a network, and short enough to be a DNS label: containers find each
 * other by it. Source of the pattern: `names.RestrictedNameChars` of moby/moby.
 */
export const dockerName = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]+$/, 63, {
  allowed: "2 to 63 letters, digits, _ . and -, the first a letter or a digit",
  cure: "choose such a name, for example chat-server",
});

/** A repository name without registry and tag. */
export const imageName = matching(/^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/, 128, {
  allowed: "at most 128 lower-case letters and digits, with single . and _ or any number of - between them",
  cure: "choose such a name, without a tag, for example mypython2",
});

/** The kernel's limit for an interface's name is 15 characters (IFNAMSIZ, with its closing zero, is 16). */
export const bridgeName = matching(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 15, {
  allowed: "1 to 15 letters, digits, _ . and -, the first a letter or a digit",
  cure: "choose such a name, for example chat0: Linux allows an interface's no more characters",
});

/** A host name of one label. */
export const hostLabel = matching(/^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/, 63, {
  allowed: "a host name of 1 to 63 letters, digits and -, neither first nor last a -",
  cure: "choose such a name, without a dot, for example server",
});

/** A host's name of one label or several. What looks like an IPv4 address has to be one. */
const hostName = z
  .string()
  .max(253)
  .regex(
    /^(?!.*\.[0-9]+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
  );

/** What a machine is reached by. */
export const machineAddress = z.union([z.ipv4(), hostName]).register(words, {
  allowed: "an IPv4 address or a host name",
  cure: "write it without a scheme, a user or a port, for example 192.0.2.10 or builder.example.com",
});

/** Who logs in on a machine. Never the beginning of an option, and nothing that a configuration file would read otherwise. */
export const loginName = matching(/^[A-Za-z0-9_][A-Za-z0-9_.@\\-]*\$?$/, 104, {
  allowed: "a login name of letters, digits, _ . @ \\ and -, not beginning with a - or a .",
  cure: "write the name alone, for example azureuser",
});

/** A path on this machine: absolute, from the project's folder, or from the home folder with ~/. */
export const filePath = matching(/^[^"\r\n\0]+$/, 1_000, {
  allowed: 'a path on one line, without "',
  cure: "write an absolute path, one from the project's folder, or one from your home folder, for example ~/.ssh/id_ed25519",
});

/** Text that no message, log or picture shows. */
export const secretText = z
  .string()
  .min(1)
  .max(1_000)
  .regex(/^[^\r\n\0]+$/)
  .register(words, {
    allowed: "text of 1 to 1,000 characters on one line",
    cure: "set it as a secret of the stack: pulumi config set --secret --path",
    secret: true,
  });

/** Free text on one line. */
export const line = matching(/^\S(?:.*\S)?$/, 200, {
  allowed: "one line of 1 to 200 characters, without space at its ends",
  cure: "write a short text on one line",
});
