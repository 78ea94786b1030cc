import Docker from "dockerode";
import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * The engine that DOCKER_HOST names. What is no socket or pipe of this machine is reached through the user's own Docker
 * client, which knows their ssh, keys, known hosts and certificates.
 */
export function connect(dockerHost = process.env.DOCKER_HOST ?? ""): Docker {
  if (dockerHost === "" || /^(unix|npipe):/.test(dockerHost)) {
    return new Docker();
  }
  // The host is but a name in a header.
  const options = { protocol: "http", host: "docker", port: 80, agent: new ClientAgent(dockerHost) } as const;
  return new Docker(options);
}

/** Connections that are Docker clients, which pass on what they read to the engine: one each, and used again. */
class ClientAgent extends Agent {
  constructor(private readonly dockerHost: string) {
    // Over ssh each is a connection of its own, of which a server takes ten at a time before it starts to refuse some.
    super({ keepAlive: true, maxSockets: 8 });
  }

  override createConnection(): Duplex {
    const client = spawn("docker", ["-H", this.dockerHost, "system", "dial-stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const connection = Duplex.from({ readable: client.stdout, writable: client.stdin });
    client.on("error", (error) => connection.destroy(error));
    connection.on("close", () => client.kill());
    // What an Agent asks of a connection, and only sockets have.
    const no = () => connection;
    return Object.assign(connection, { setKeepAlive: no, setTimeout: no, setNoDelay: no, ref: no, unref: no });
  }
}
