import assert from "node:assert/strict";
import { withPlainTraces } from "../../../components/plain-traces";

describe("a program without mapped stack traces", () => {
  const before = Error.prepareStackTrace;
  afterEach(() => {
    Error.prepareStackTrace = before;
  });

  it("maps the one that ends it, and leaves out what util.inspect would never come to the end of", async () => {
    const frames = [
      "at program (/p/index.ts:12:3)",
      "at async Stack.initialize (/p/node_modules/@pulumi/resource.ts:78:28)",
      "at async other (C:\\p\\node_modules\\@pulumi\\resource.ts:78:28)",
    ];
    Error.prepareStackTrace = ({ message }: Error) => [`Error: ${message}`, ...frames].join("\n    ");
    const failing = withPlainTraces(() => {
      assert.equal(Error.prepareStackTrace, undefined);
      return Promise.reject(new Error("wrong: see node_modules/@pulumi/x"));
    });
    const error = await failing.catch((thrown: Error) => thrown);
    assert.equal(error.stack, `Error: wrong: see node_modules/@pulumi/x\n    ${frames[0]}`);
  });

  it("gives back what the program gives, and anything that it throws", async () => {
    assert.equal(await withPlainTraces(() => Promise.resolve(5)), 5);
    await assert.rejects(
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- a user's library may
      withPlainTraces(() => Promise.reject("a text")),
      (thrown) => thrown === "a text",
    );
  });
});
