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
    const labs = (settings: unknown) => ({ hosts: { kind: "local" }, labs: { "endpoint-policies": settings } });
    const reviewed = review(plan(labs(policies(100, 200))), plan(labs(policies(200, 100))));
    assert.deepEqual(
      reviewed.expectations.broken.map(({ name }) => name),
      ["policy-client reaches policy-server:80"],
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
