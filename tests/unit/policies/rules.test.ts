import assert from "node:assert/strict";
import { ruleNames } from "../../../components/settings/policies";
import { UNKNOWN } from "../../../policies/resource";
import { rules } from "../../../policies/rules";
import { cases } from "./cases";
import { STACK } from "./declared";

describe("a rule of the house", () => {
  for (const name of ruleNames) {
    for (const { what, type, properties, broken } of cases[name]) {
      it(`${name} ${broken.length === 0 ? "lets pass" : "is broken by"} ${what}`, () => {
        const told = rules[name].broken({ type, name: "it", stack: STACK, properties });
        assert.equal(told.length, broken.length, told.join("\n"));
        told.forEach((line, index) => assert.match(line, broken[index]));
      });
    }

    it(`${name} takes for right what only the update will tell`, () => {
      for (const { type, properties } of cases[name].filter(({ broken }) => broken.length === 0)) {
        const unknown = Object.fromEntries(Object.keys(properties).map((key) => [key, UNKNOWN]));
        assert.deepEqual(rules[name].broken({ type, name: "it", stack: STACK, properties: unknown }), []);
      }
    });

    it(`${name} says nothing of resources that it is not about`, () => {
      const other = { type: "container-network-labs:index:Environment", name: "it", stack: STACK, properties: {} };
      assert.deepEqual(rules[name].broken(other), []);
    });

    it(`${name} has cases both ways, and words for them`, () => {
      assert.ok(
        cases[name].some(({ broken }) => broken.length > 0) && cases[name].some(({ broken }) => broken.length === 0),
      );
      assert.match(rules[name].description, /^[A-Z].*\.$/);
      assert.notEqual(rules[name].cure, "");
    });
  }
});
