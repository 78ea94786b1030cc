import assert from "node:assert/strict";
import { administrationPorts } from "../../../components/azure/ports";
import { firstTunnelPort, tunnelPortCount, tunnelPorts } from "../../../components/azure/tunnel-ports";
import { azureTrouble } from "../../../components/hosts/trouble";
import { type TunnelledServer, tunnelRoutes } from "../../../components/hosts/tunnel-routes";

const server: TunnelledServer = {
  ...{ name: "labs-2", instance: "7", address: "127.0.0.1", port: 20_002, user: "labs", os: "linux" },
  ...{ docker: "tcp+tls", tls: { port: 20_003, certPath: "out/unit/azure/tls" } },
  tunnel: { subscription: "s", resourceGroup: "g", bastion: "b", scaleSet: "labs" },
};

describe("the ports at which tunnels begin", () => {
  it("follow from the environment, below those that a system hands out by itself", () => {
    const firsts = Array.from({ length: 500 }, (_, i) => firstTunnelPort(`environment-${i}`));
    assert.ok(firsts.every((first) => first >= 20_000 && first + tunnelPortCount <= 32_768));
    assert.ok(new Set(firsts).size > 50);
    assert.equal(firstTunnelPort("azure-linux"), firstTunnelPort("azure-linux"));
  });

  it("are another two for each host", () => {
    const all = Array.from({ length: 100 }, (_, i) => Object.values(tunnelPorts("unit", undefined, i))).flat();
    assert.equal(new Set(all).size, tunnelPortCount);
    assert.equal(Math.max(...all) - Math.min(...all), tunnelPortCount - 1);
    assert.deepEqual(tunnelPorts("unit", 40_000, 1), { ssh: 40_002, docker: 40_003 });
  });
});

describe("tunnels to servers", () => {
  it("lead to the machine's SSH through the Bastion, and to its engine through that", () => {
    assert.deepEqual(tunnelRoutes([server], "unit"), [
      {
        ...{ port: 20_002, host: "labs-2", through: "bastion", subscription: "s", resourceGroup: "g", bastion: "b" },
        target:
          "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/labs/virtualMachines/7",
        resourcePort: administrationPorts.ssh,
      },
      {
        ...{ port: 20_003, host: "labs-2", through: "ssh", sshConfig: "out/unit/ssh/config", alias: "labs-2.unit" },
        to: "127.0.0.1:2376",
      },
    ]);
  });

  it("are none where servers are reached as they are", () => {
    const { tunnel, ...plain } = server;
    assert.ok(tunnel);
    assert.deepEqual(tunnelRoutes([plain], "unit"), []);
  });
});

describe("what Azure's command line says of a tunnel", () => {
  const cases: readonly [words: string, cure: RegExp, passing: boolean][] = [
    ["there is no az on this machine", /install Azure's command line/, false],
    ["ERROR: Please run 'az login' to setup account.", /^log in with az login$/, false],
    ["ERROR: The command requires the extension bastion.", /az extension add --name bastion/, false],
    [
      "ERROR: Bastion Host SKU must be Standard or Premium and Native Client must be enabled.",
      /docs\/azure\.md/,
      false,
    ],
    ["ERROR: (AuthorizationFailed) The client does not have authorization", /your role/, false],
    ["ERROR: (ResourceNotFound) The Resource was not found.", /the machine are there/, true],
  ];
  for (const [words, cure, passing] of cases) {
    it(`is told with its cure: ${words}`, () => {
      const trouble = azureTrouble(words);
      assert.equal(trouble.reason, `no tunnel through Azure Bastion: ${words}`);
      assert.match(trouble.cure, cure);
      assert.equal(trouble.passing, passing);
    });
  }
});
