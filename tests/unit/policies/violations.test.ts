import assert from "node:assert/strict";
import { violationsIn } from "../../../policies/violations";

const event = {
  resourceUrn: "urn:pulumi:house::container-network-labs::docker:index/container:Container::web",
  message: "A container's image is the same one tomorrow.\nDebian:latest may be another image.\n",
  policyName: "images-pinned",
  policyPackName: "container-network-labs",
  enforcementLevel: "mandatory",
};
const log = [
  { sequence: 0, preludeEvent: { config: {} } },
  { sequence: 1, policyEvent: event },
  { sequence: 2, policyEvent: { ...event, enforcementLevel: "advisory" } },
];

describe("violations in Pulumi's event log", () => {
  it("are told by rule and resource, in the rule's own words", () => {
    const violation = { rule: "images-pinned", resource: "web", message: "Debian:latest may be another image." };
    assert.deepEqual(violationsIn(`${log.map((each) => JSON.stringify(each)).join("\n")}\n`), [
      { ...violation, mandatory: true },
      { ...violation, mandatory: false },
    ]);
  });

  it("are none where nothing was found", () => {
    assert.deepEqual(violationsIn(""), []);
    assert.deepEqual(violationsIn(JSON.stringify(log[0])), []);
  });
});
