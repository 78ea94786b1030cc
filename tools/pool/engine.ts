import Docker from "dockerode";
import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";

/**
 * The engine that DOCKER_HOST names. Over ssh it is reached as the Docker client reaches it, with the user's own ssh, keys
 * and known hosts; everything else (sockets, pipes, TCP with and without TLS) the library does as the client would.
 */
export function connect(dockerHost = process.env.DOCKER_HOST ?? ""): Docker {
  if (!dockerHost.startsWith("ssh://")) {
    return new Docker();
  }
  const options = { protocol: "http", host: "docker", port: 80, agent: new ClientAgent(dockerHost) } as const;
  return new Docker(options);
}

/** Connections that are Docker clients, which pass on what they read to the engine: one each, and used again. */
class ClientAgent extends Agent {
  constructor(private readonly dockerHost: string) {
    // Each is an ssh connection, of which a server takes ten at a time before it starts to refuse some.
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
