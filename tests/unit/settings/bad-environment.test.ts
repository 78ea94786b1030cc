import assert from "node:assert/strict";
import type { RawSettings } from "../../../components/settings/parse";
import { asRow, faultsOf } from "./support";

/** What was given, and every fault that it must give: key, value, allowed, cure. */
type Row = readonly [
  title: string,
  given: RawSettings,
  faults: readonly (readonly [string, unknown, string, string])[],
];

const hosts = [
  "an object with the key kind, which is local, remote or scale-set, and the keys of that kind",
  "write what the hosts are, for example { kind: local }",
] as const;
const labs = [
  "at least one of the labs docker-networks",
  "write the lab's name and its settings below it, for example { docker-networks: {} }",
] as const;
const lab = ["an object with the keys image, chat, web", "write its keys below it, or {} for the defaults"] as const;
const seconds = [
  "a whole number from 1 to 600",
  "write it in digits, without quotes, and within these limits",
] as const;

const rows: readonly Row[] = [
  [
    "nothing at all",
    {},
    [
      ["hosts", undefined, ...hosts],
      ["labs", undefined, ...labs],
    ],
  ],
  ["hosts of another type", { hosts: "local", labs: { "docker-networks": {} } }, [["hosts", "local", ...hosts]]],
  [
    "hosts without a kind",
    { hosts: {}, labs: { "docker-networks": {} } },
    [["hosts.kind", undefined, "local or remote or scale-set", "write local or remote or scale-set"]],
  ],
  [
    "a kind of host that is misspelt",
    { hosts: { kind: "locl" }, labs: { "docker-networks": {} } },
    [["hosts.kind", "locl", "local or remote or scale-set", 'did you mean "local"?']],
  ],
  [
    "a kind of host that does not exist",
    { hosts: { kind: "kubernetes" }, labs: { "docker-networks": {} } },
    [["hosts.kind", "kubernetes", "local or remote or scale-set", "write local or remote or scale-set"]],
  ],
  [
    "an unknown key of a host",
    { hosts: { kind: "local", system: "linux" }, labs: { "docker-networks": {} } },
    [["hosts.system", "linux", "the keys kind, name, os, cluster", "remove it"]],
  ],
  [
    "a misspelt key of a host",
    { hosts: { kind: "local", so: "linux" }, labs: { "docker-networks": {} } },
    [["hosts.so", "linux", "the keys kind, name, os, cluster", "remove it"]],
  ],
  [
    "a system that does not exist",
    { hosts: { kind: "local", os: "Linux" }, labs: { "docker-networks": {} } },
    [["hosts.os", "Linux", "linux or windows", 'did you mean "linux"?']],
  ],
  [
    "a host's name with a space",
    { hosts: { kind: "local", name: "my host" }, labs: { "docker-networks": {} } },
    [
      [
        "hosts.name",
        "my host",
        "2 to 63 letters, digits, _ . and -, the first a letter or a digit",
        "choose such a name, for example chat-server",
      ],
    ],
  ],
  ["no labs", { hosts: { kind: "local" } }, [["labs", undefined, ...labs]]],
  ["an empty object of labs", { hosts: { kind: "local" }, labs: {} }, [["labs", {}, ...labs]]],
  ["labs as a list", { hosts: { kind: "local" }, labs: ["docker-networks"] }, [["labs", ["docker-networks"], ...labs]]],
  [
    "a misspelt lab",
    { hosts: { kind: "local" }, labs: { "docker-network": {} } },
    [["labs.docker-network", {}, "the key docker-networks", 'did you mean "docker-networks"?']],
  ],
  [
    "a lab without settings, as YAML gives it",
    { hosts: { kind: "local" }, labs: { "docker-networks": null } },
    [["labs.docker-networks", null, ...lab]],
  ],
  [
    "a lab that is switched on",
    { hosts: { kind: "local" }, labs: { "docker-networks": true } },
    [["labs.docker-networks", true, ...lab]],
  ],
  [
    "an unknown setting of the project",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, region: "westeurope" },
    [["region", "westeurope", "the keys hosts, labs, expect, verify, expires, policies", "remove it"]],
  ],
  [
    "a misspelt setting of the project",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, host: { kind: "local" } },
    [["host", { kind: "local" }, "the keys hosts, labs, expect, verify, expires, policies", 'did you mean "hosts"?']],
  ],
  [
    "verify of another type",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, verify: true },
    [
      [
        "verify",
        true,
        "an object with the keys onUpdate, limitSeconds",
        "write its keys below it, or {} for the defaults",
      ],
    ],
  ],
  [
    "a truth as text",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, verify: { onUpdate: "yes" } },
    [["verify.onUpdate", "yes", "true or false", "write true or false, without quotes"]],
  ],
  [
    "no time at all",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, verify: { limitSeconds: 0 } },
    [["verify.limitSeconds", 0, ...seconds]],
  ],
  [
    "too long a time",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, verify: { limitSeconds: 601 } },
    [["verify.limitSeconds", 601, ...seconds]],
  ],
  [
    "a broken number",
    { hosts: { kind: "local" }, labs: { "docker-networks": {} }, verify: { limitSeconds: 1.5 } },
    [["verify.limitSeconds", 1.5, ...seconds]],
  ],
];

describe("an environment that is not of its type", () => {
  for (const [title, given, faults] of rows) {
    it(`refuses ${title}`, () => assert.deepEqual(faultsOf(given).map(asRow()), faults));
  }
});
