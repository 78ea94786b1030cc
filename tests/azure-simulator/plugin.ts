import { join } from "node:path";
import { openSimulator } from "./simulator";
import { ProviderServer } from "./provider/server";
import { Provider } from "./provider/provider";

/**
 * The plugin's way in: the engine starts it as `pulumi-resource-azure-native` and reads the port from its first line.
 * The version is that of the SDK it stands in for.
 */
async function main(): Promise<void> {
  const sdk = require.resolve("@pulumi/azure-native/package.json", { paths: [join(__dirname, "..", "..")] });
  const { version } = require(sdk) as { version: string };
  const server = new ProviderServer(version, (variables) => {
    const setting = (name: string) => variables.get(`azure-native:config:${name}`);
    const { arm, orders, subscriptionId } = openSimulator(setting("subscriptionId"));
    return new Provider(arm, {
      subscriptionId,
      location: setting("location"),
      retryDelayMilliseconds: orders.settings.retryDelayMilliseconds,
    });
  });
  process.stdout.write(`${await server.listen()}\n`);
  endWithEngine(server);
}

/** An engine that was killed leaves its plugins behind. What Azure has accepted goes on all the same. */
function endWithEngine(server: ProviderServer): void {
  const engine = process.ppid;
  const POLL_MS = 1000;
  setInterval(() => {
    if (process.ppid !== engine && server.idle) {
      process.exit();
    }
  }, POLL_MS);
}

void main();
