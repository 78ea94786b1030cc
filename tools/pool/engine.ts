import Docker from "dockerode";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { Agent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { addressIn, clientEnvironment, type EngineAddress } from "../../components/hosts/engine-address";

/** Connections at a time: more of them would only wait for the engine. */
const AT_A_TIME = 8;

/**
 * An engine; without an address, the one that this process was told of in its environment. What is neither a socket or pipe
 * of this machine nor a port with certificates is reached through the Docker client, which knows ssh, keys and known hosts.
 */
export function connect(address: EngineAddress = addressIn(process.env)): Docker {
  const { engine, certPath } = address;
  if (engine === "") {
    return new Docker();
  }
  const [, local] = /^(?:unix|npipe):\/\/(.+)/.exec(engine) ?? [];
  if (local !== undefined) {
    return new Docker({ socketPath: local });
  }
  if (certPath !== undefined) {
    const { hostname: host, port } = new URL(engine);
    const [ca, cert, key] = ["ca.pem", "cert.pem", "key.pem"].map((file) => readFileSync(join(certPath, file)));
    const agent = new TlsAgent({ keepAlive: true, maxSockets: AT_A_TIME });
    const options = { protocol: "https", host, port, ca, cert, key, agent } as const;
    return new Docker(options);
  }
  // The host is but a name in a header.
  const options = { protocol: "http", host: "docker", port: 80, agent: new ClientAgent(address) } as const;
  return new Docker(options);
}

/** Connections that are Docker clients, which pass on what they read to the engine: one each, and used again. */
class ClientAgent extends Agent {
  constructor(private readonly address: EngineAddress) {
    // Over ssh each is a session on a shared connection, of which a server gives ten unless it says otherwise.
    super({ keepAlive: true, maxSockets: AT_A_TIME });
  }

  override createConnection(): Duplex {
    const client = spawn("docker", ["system", "dial-stdio"], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, ...clientEnvironment(this.address) },
    });
    const connection = Duplex.from({ readable: client.stdout, writable: client.stdin });
    client.on("error", (error) => connection.destroy(error));
    connection.on("close", () => client.kill());
    // What an Agent asks of a connection, and only sockets have.
    const no = () => connection;
    return Object.assign(connection, { setKeepAlive: no, setTimeout: no, setNoDelay: no, ref: no, unref: no });
  }
}
