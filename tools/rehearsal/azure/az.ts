import { execFile } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { parseArgs, promisify } from "node:util";
import { openSimulator, type Simulator, SUBSCRIPTION } from "../../../tests/azure-simulator/simulator";
import { Subscription } from "../../../tests/azure-simulator/arm/subscription";
import { noHosts } from "../../../tests/azure-simulator/instances/hosts";
import { joinSockets } from "../../tunnels/azure";
import { nameOf } from "../labels";
import { type Asked, refusal, type Found, whereTo } from "./bastion";
import type { InstanceHostsOptions } from "./instance-hosts";

/**
 * What a rehearsal has in place of `az network bastion tunnel`: it asks the simulated Azure what the real one asks Azure,
 * and leads to the container that is the machine. It serves one connection after the other, as versions of the real one
 * do, so that nothing here can rely on more.
 */
async function main(): Promise<number> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: "string" },
      "resource-group": { type: "string" },
      subscription: { type: "string" },
      "target-resource-id": { type: "string" },
      "resource-port": { type: "string" },
      port: { type: "string" },
    },
  });
  if (positionals.join(" ") !== "network bastion tunnel") {
    return wrong(`'${positionals.join(" ")}' is not what a rehearsal's az knows: network bastion tunnel.`);
  }
  const missing = Object.keys(words).filter((option) => values[option as keyof typeof values] === undefined);
  if (missing.length > 0) {
    return wrong(`the following arguments are required: ${missing.map((option) => `--${option}`).join(", ")}`);
  }
  const asked: Asked = {
    subscription: values.subscription!,
    resourceGroup: values["resource-group"]!,
    bastion: values.name!,
    target: values["target-resource-id"]!,
    resourcePort: Number(values["resource-port"]),
  };
  const simulator = openSimulator(SUBSCRIPTION, process.env, noHosts);
  const refused = refusal(new Subscription(simulator.store.read()), asked);
  if (refused !== undefined) {
    return wrong(refused);
  }
  return serve(Number(values.port), asked, simulator);
}

const words = { name: 0, "resource-group": 0, subscription: 0, "target-resource-id": 0, "resource-port": 0, port: 0 };

function wrong(what: string): number {
  process.stderr.write(`ERROR: ${what}\n`);
  return 1;
}

async function serve(port: number, asked: Asked, simulator: Simulator): Promise<number> {
  const waiting: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on("error", () => undefined);
    waiting.push(client);
    server.emit("waiting");
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  process.stderr.write(
    `Opening tunnel on port: ${port}\nTunnel is ready, connect on port ${port}\nCtrl + C to close\n`,
  );
  for (;;) {
    const client = waiting.shift();
    if (client === undefined) {
      await once(server, "waiting");
      continue;
    }
    // Azure looks anew at each connection.
    const found = whereTo(new Subscription(simulator.store.read()), asked);
    if ("refused" in found) {
      return wrong(found.refused);
    }
    await lead(client, found, asked, simulator);
  }
}

async function lead(client: Socket, found: Found, { resourcePort }: Asked, simulator: Simulator): Promise<void> {
  if (!found.admitted) {
    // Whom the network's rules keep out hears nothing; the Bastion gives up at some time.
    client.destroy();
    return;
  }
  const { environment, dockerHost } = simulator.orders.settings.hosts!.options as InstanceHostsOptions;
  const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  const container = nameOf(environment, found.machine);
  const { stdout } = await promisify(execFile)("docker", ["-H", dockerHost, "inspect", "--format", format, container]);
  const server = connect({ host: stdout.trim(), port: resourcePort, allowHalfOpen: true });
  joinSockets(client, server);
  await new Promise((closed) => server.once("close", closed));
}

main().then(
  (code) => process.exit(code),
  (error: Error) => process.exit(wrong(error.message)),
);
