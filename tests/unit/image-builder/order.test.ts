import assert from "node:assert/strict";
import fc from "fast-check";
import { argumentFor, circleAmong, inOrder } from "../../../components/labs/image-builder/order";

const image = (name: string, ...after: string[]) => ({ name, after });
const names = (images: readonly { name: string }[]): string[] => images.map(({ name }) => name);

describe("the order in which images are built", () => {
  it("is that of the list where nothing says otherwise", () => {
    assert.deepEqual(names(inOrder([image("b"), image("a"), image("c")])), ["b", "a", "c"]);
  });

  it("puts each after those that it names", () => {
    const images = [image("web", "runtime"), image("tests", "web", "runtime"), image("runtime", "base"), image("base")];
    assert.deepEqual(names(inOrder(images)), ["base", "runtime", "web", "tests"]);
  });

  it("passes over names that nothing has, of which a fault tells", () => {
    assert.deepEqual(names(inOrder([image("a", "none")])), ["a"]);
  });

  it("is not found for images that wait for each other, which are told", () => {
    assert.equal(circleAmong([image("a", "b"), image("b", "c"), image("c", "b")]), "b → c → b");
    assert.equal(circleAmong([image("a", "a")]), "a → a");
    assert.throws(() => inOrder([image("a", "b"), image("b", "a")]), /a → b → a/);
  });

  it("holds for any images without a circle, and has each once", () => {
    const graph = fc
      .integer({ min: 1, max: 12 })
      .chain((count) =>
        fc.tuple(
          ...Array.from({ length: count }, (_, i) =>
            fc.subarray(Array.from({ length: i }, (_, j) => `i${j}`)).map((after) => image(`i${i}`, ...after)),
          ),
        ),
      );
    fc.assert(
      fc.property(
        graph.chain((images) => fc.shuffledSubarray(images, { minLength: images.length })),
        (images) => {
          const ordered = inOrder(images);
          assert.equal(new Set(ordered).size, images.length);
          ordered.forEach(({ after }, i) => {
            assert.ok(after.every((name) => names(ordered.slice(0, i)).includes(name)));
          });
        },
      ),
    );
  });

  it("names the argument by which an image is given another", () => {
    assert.equal(argumentFor("runtime-base.v2"), "RUNTIME_BASE_V2");
  });
});
