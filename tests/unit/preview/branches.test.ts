import assert from "node:assert/strict";
import { parseSettings, SettingsError } from "../../../components/settings";
import { refusalMarkdown } from "../../../tools/preview/markdown";
import { markdown, plan, review, snapshot, stackSettings } from "./support";

/** A change of an environment's stack file, as a branch has it. */
function branch(environment: string, edits: Readonly<Record<string, unknown>>) {
  return review(plan(stackSettings(environment), environment), plan(stackSettings(environment, edits), environment));
}

/** The document's case with a rule that lets one client in before the one that blocks. */
function policies(allow: number, block: number): unknown {
  const onPort80 = { direction: "In", protocol: "tcp", localPorts: 80 };
  return {
    policies: {
      server: [
        { ...onPort80, action: "Allow", priority: allow, remoteAddresses: "10.80.0.2" },
        { ...onPort80, action: "Block", priority: block },
      ],
    },
  };
}

describe("preview of a branch", () => {
  it("that swaps two ACL rules names the expectation that would fail", () => {
    const why = "orders come in there";
    const settings = (policies: unknown) => ({
      hosts: { kind: "local" },
      labs: { "endpoint-policies": policies },
      expect: [{ from: "policy-client", to: "policy-server", port: 80, why }],
    });
    const reviewed = review(plan(settings(policies(100, 200))), plan(settings(policies(200, 100))));
    assert.deepEqual(
      reviewed.expectations.broken.map(({ name, expected }) => [name, expected]),
      [[`policy-client must reach policy-server:80, because ${why}`, true]],
    );
    assert.deepEqual(
      reviewed.risks.map(({ risk }) => risk),
      ["broken-expectation"],
    );
    const text = markdown(reviewed);
    assert.equal(text, snapshot("swapped-rules.md", text));
  });

  it("that moves a subnet breaks nothing, and tells what goes with it", () => {
    const reviewed = branch("local", { "labs.docker-networks": { chat: { network: { subnet: "192.168.7.0/24" } } } });
    assert.deepEqual([reviewed.risks, reviewed.flows, reviewed.expectations.broken], [[], [], []]);
    assert.equal(reviewed.expectations.moved, 8);
    const text = markdown(reviewed);
    assert.equal(text, snapshot("moved-subnet.md", text));
  });

  it("that opens SSH to the world is refused", () => {
    const settings = stackSettings("azure-linux", { "hosts.administration.sources": ["0.0.0.0/0"] });
    assert.throws(
      () => parseSettings(settings, "azure-linux"),
      (error: unknown) => {
        assert.ok(error instanceof SettingsError);
        const text = refusalMarkdown("azure-linux", error.message);
        assert.equal(text, snapshot("ssh-to-the-world.md", text));
        return text.includes("hosts.administration.sources[0]");
      },
    );
  });

  it("that opens SSH as wide as settings allow is a risk", () => {
    const reviewed = branch("azure-linux", { "hosts.administration.sources": ["198.0.0.0/8"] });
    assert.deepEqual(
      reviewed.risks.map(({ risk }) => risk),
      ["open-administration", "open-administration"],
    );
    const text = markdown(reviewed);
    assert.equal(text, snapshot("ssh-to-many.md", text));
  });

  it("that goes through Azure Bastion tells that both administration ports close, and is no risk", () => {
    const reviewed = branch("azure-linux", { "hosts.administration": { through: "bastion" } });
    assert.deepEqual(
      reviewed.entries.map(({ change, entry: { at, sources } }) => [change, at, sources]),
      [
        ["opens", "Azure Bastion", ["anyone with a login at Azure that may"]],
        ["closes", "SSH", ["198.51.100.0/24"]],
        ["closes", "the Docker API", ["198.51.100.0/24"]],
      ],
    );
    assert.deepEqual(reviewed.risks, []);
  });

  it("that turns WinRM on tells that it opens, to whom, and the risk where that is as wide as settings allow", () => {
    const on = branch("azure-windows", { "hosts.administration.winrm": true });
    assert.deepEqual(
      on.entries.map(({ change, entry: { at, sources } }) => [change, at, sources]),
      [["opens", "WinRM", ["198.51.100.0/24"]]],
    );
    assert.deepEqual(on.risks, []);
    const wide = branch("azure-windows", {
      "hosts.administration.winrm": true,
      "hosts.administration.sources": ["198.0.0.0/8"],
    });
    assert.deepEqual(
      wide.risks.map(({ text }) => /^(.*) of each host would be open to 198\.0\.0\.0\/8/.exec(text)?.[1]),
      ["SSH", "the Docker API", "WinRM"],
    );
  });

  it("that adds a host tells which labs move, what they lose and what it costs", () => {
    const reviewed = branch("azure-linux", { "hosts.capacity": 3 });
    assert.ok(reviewed.cost!.after > reviewed.cost!.before);
    assert.deepEqual(
      reviewed.places.flatMap(({ kind, change, name }) => (change === "added" ? [`${kind} ${name}`] : [])),
      ["host labs-3"],
    );
    const text = markdown(reviewed);
    assert.equal(text, snapshot("added-host.md", text));
  });
});
