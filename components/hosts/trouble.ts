import type { EngineAddress } from "./engine-address";
import type { Machine } from "./ssh-config";

/** What keeps a host from being ready. */
export interface Trouble {
  readonly reason: string;
  readonly cure: string;
  /** Whether it may pass by itself: a machine or an engine that starts. */
  readonly passing: boolean;
  /** Whether the machine shows another host key than the pinned one. */
  readonly otherKey?: true;
}

/** What OpenSSH says of a machine that it can't log in on, in a user's terms. */
export function sshTrouble(words: string, machine: Machine, environment: string): Trouble {
  const { server, address, port, user, privateKeyPath: key } = machine;
  const said = lastLine(words);
  if (/host key for \S+ has changed|host key is known for \S+ and|Host key verification failed/i.test(words)) {
    return {
      reason: `the host key of ${address}:${port} is not the pinned one`,
      cure:
        "ask whoever runs it whether its key was changed, and compare the fingerprints; if so, " +
        `\`npm run trust ${server} -- --environment ${environment}\`. If not, somebody may be in between: do not go on`,
      passing: false,
      otherKey: true,
    };
  }
  if (/ssh: command not found/.test(words)) {
    return { reason: "there is no ssh on this machine", cure: "install OpenSSH's client", passing: false };
  }
  if (/UNPROTECTED PRIVATE KEY FILE|bad permissions/i.test(words)) {
    return { reason: `others can read ${key}`, cure: `chmod 600 ${key}`, passing: false };
  }
  if (/Permission denied|Too many authentication failures|No supported authentication/i.test(words)) {
    return {
      reason: `login as ${user} on ${address}:${port} was refused: ${said}`,
      cure:
        key === undefined
          ? "check the user and the password, and that the server allows logging in by password"
          : `check the user, and that the public half of ${key} is in the user's authorized_keys there`,
      passing: false,
    };
  }
  if (/Unable to negotiate/i.test(words)) {
    const cure = "update OpenSSH on the older of the two machines";
    return { reason: `the two OpenSSHs have nothing in common: ${said}`, cure, passing: false };
  }
  if (/Name or service not known|nodename nor servname|No address associated/i.test(words)) {
    return { reason: said, cure: "check the address", passing: false };
  }
  const transient =
    /refused|timed? ?out|No route to host|unreachable|reset|closed|kex_exchange|banner|Broken pipe|Temporary failure/i;
  return {
    reason: said || "SSH ended without a word",
    cure: `check that ${address}:${port} is its address, that sshd runs there, and that no firewall is in between`,
    passing: transient.test(words),
  };
}

/** What Azure's command line says of a tunnel that it cannot open, in a user's terms. */
export function azureTrouble(words: string): Trouble {
  const reason = `no tunnel through Azure Bastion: ${words}`;
  if (/no az on this machine/.test(words)) {
    return { reason, cure: "install Azure's command line, and log in with az login", passing: false };
  }
  if (/az login|AADSTS|credentials/i.test(words)) {
    return { reason, cure: "log in with az login", passing: false };
  }
  if (/extension/i.test(words)) {
    return {
      reason,
      cure: "let Azure's command line have what it lacks: az extension add --name bastion",
      passing: false,
    };
  }
  const cure =
    "look whether the Bastion and the machine are there, and that your role lets you read both and the machine's " +
    "network card: see docs/azure.md";
  return { reason, cure, passing: !/AuthorizationFailed|Standard or Premium|Native Client/i.test(words) };
}

/** Passing or not, what the Docker client says of an engine that does not answer. */
export function engineTrouble(words: string, { engine, certPath }: EngineAddress): Trouble {
  const said = lastLine(words);
  if (/no docker here/.test(words)) {
    const cure = "install Docker's client, or let `npm run setup` do so";
    return { reason: "there is no docker on this machine", cure, passing: false };
  }
  if (/docker: (?:command )?not found|executable file not found|not recognized as/i.test(words)) {
    return { reason: "there is no docker on the server", cure: "install Docker on it", passing: false };
  }
  if (/permission denied/i.test(words)) {
    const cure = "add the user to the group docker on the server, and log in anew";
    return { reason: "the user may not use the engine", cure, passing: false };
  }
  if (/x509|tls:|certificate|HTTP response to HTTPS/i.test(words)) {
    const cure = `check ca.pem, cert.pem and key.pem in ${certPath}, and that the server's certificate names its address`;
    return { reason: said, cure, passing: false };
  }
  // Over SSH, the client knows the engine by no address but one that it made up.
  if (/docker daemon at http:\/\/docker\.example\.com/.test(words)) {
    const cure = "start the engine on the server: systemctl start docker";
    return { reason: "the engine on the server does not answer", cure, passing: true };
  }
  const starting =
    /Cannot connect|refused|timed? ?out|No route to host|unreachable|reset|closed|EOF|is the docker daemon/i;
  const where = engine.startsWith("ssh:") ? "on the server" : `at ${engine}`;
  return { reason: said, cure: `check that the engine runs ${where}: docker info`, passing: starting.test(words) };
}

/** OpenSSH's and Docker's last words say what went wrong; those before them, how it came to it. */
function lastLine(words: string): string {
  const lines = words
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter(Boolean);
  return lines.at(-1) ?? "";
}
