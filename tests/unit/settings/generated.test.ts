import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { settingsTable, withTable } from "../../../components/settings/markdown";
import { stackFileSchema } from "../../../components/settings/json-schema";
import { labs } from "../../../components/labs";
import { type Fault, SettingsError } from "../../../components/settings";
import { parse } from "../../../components/settings/parse";
import { wholeNumber, words } from "../../../components/settings/types";
import { generated } from "../../../tools/commands/schema";
import { registry } from "./support";

const root = join(__dirname, "..", "..", "..");

describe("what is made from the settings' schema", () => {
  it("is up to date: else run `npm run schema`", async () => {
    const files = await generated();
    assert.equal(files[0].path, "stacks/settings.schema.json");
    for (const { path, content } of files) {
      assert.equal(readFileSync(join(root, path), "utf8"), content, `${path} is out of date`);
    }
  });

  it("has each page hold the table for it", async () => {
    for (const { path, content } of (await generated()).slice(1)) {
      assert.match(content, /<!-- settings -->\n\n\| Setting .*\n\n<!-- \/settings -->/s, `${path} has no table`);
    }
  });
});

describe("the stack files", () => {
  const files = readdirSync(join(root, "stacks")).filter((name) => name.endsWith(".yaml"));

  it("are there", () => assert.ok(files.includes("Pulumi.local.yaml") && files.includes("Pulumi.local-windows.yaml")));

  for (const file of files) {
    const text = readFileSync(join(root, "stacks", file), "utf8");
    const { config } = parseYaml(text) as { config: Record<string, unknown> };

    it(`${file} names its schema, allows no default provider, and can be read`, () => {
      assert.equal(text.split("\n")[0], "# yaml-language-server: $schema=settings.schema.json");
      assert.deepEqual(config["pulumi:disable-default-providers"], ["*"]);
      const own = Object.entries(config).filter(([key]) => key.startsWith("container-network-labs:"));
      const raw = Object.fromEntries(own.map(([key, value]) => [key.split(":")[1], value]));
      assert.deepEqual(
        faultsOf(() => parse(raw, file, labs)).filter(({ value }) => !isMadeByRun(value)),
        [],
      );
    });
  }
});

function faultsOf(read: () => unknown): readonly Fault[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof SettingsError) {
      return error.faults;
    }
    throw error;
  }
}

/** What a rehearsal makes is not there in a fresh clone. */
function isMadeByRun(path: unknown): boolean {
  return typeof path === "string" && path.startsWith("out/");
}

/** The part of a JSON Schema that is looked at. */
interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly patternProperties?: object;
  readonly additionalProperties?: boolean;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly oneOf?: readonly JsonSchema[];
}

describe("the JSON Schema of a stack file", () => {
  const schema = stackFileSchema(registry) as JsonSchema;
  const at = (...path: string[]) => path.reduce((each, step) => each.properties![step], schema);

  it("has descriptions, defaults and limits where an editor looks for them", () => {
    const lab = ["config", "container-network-labs:labs", "docker-networks"];
    assert.deepEqual(at(...lab, "chat", "server", "port"), {
      default: 5000,
      description: "Port that the server listens on, inside the network.",
      type: "integer",
      minimum: 1,
      maximum: 65535,
    });
    assert.equal(
      at(...lab, "chat", "network", "bridge").description,
      "Name of the bridge interface on the host. Linux only. Default: `chat0`; none on Windows.",
    );
    assert.equal(at(...lab, "web", "network").required, undefined);
  });

  it("describes every setting", () => {
    const bare: string[] = [];
    const visit = (node: JsonSchema, path: string): void => {
      for (const [key, each] of Object.entries(node.properties ?? {})) {
        bare.push(...(each.description === undefined ? [`${path}.${key}`] : []));
        visit(each, `${path}.${key}`);
      }
      (node.oneOf ?? []).forEach((option) => visit(option, path));
    };
    visit(at("config"), "config");
    assert.deepEqual(bare, []);
  });

  it("allows no setting of the project that does not exist, and any other's", () => {
    const config = at("config");
    const other = new RegExp(Object.keys(config.patternProperties!)[0]);
    assert.ok(other.test("pulumi:disable-default-providers") && other.test("azure-native:location"));
    assert.ok(!other.test("container-network-labs:lab"));
    assert.equal(config.additionalProperties, false);
  });
});

describe("the table of settings", () => {
  const schema = z.strictObject({
    must: z.enum(["a", "b"]).describe("What must be."),
    part: z
      .strictObject({
        size: wholeNumber(1, 3).default(2).describe("How | large."),
        follows: z.string().optional().describe("What follows.").register(words, { byDefault: "twice the size" }),
      })
      .prefault({})
      .describe("A part."),
  });

  it("has a line for each setting, with its choices and its default", () => {
    assert.equal(
      settingsTable(schema),
      [
        "| Setting | What it is | Default |",
        "| --- | --- | --- |",
        "| `must` | What must be. One of `a`, `b`. | none, it must be said |",
        "| `part.size` | How \\| large. | `2` |",
        "| `part.follows` | What follows. | twice the size |",
      ].join("\n"),
    );
  });

  it("has one line for what several kinds of a thing have, which says all that they say of it", () => {
    const kind = (name: string, size: number) =>
      z.strictObject({
        kind: z.literal(name).describe(`\`${name}\` is one.`),
        size: wholeNumber(1, 9).default(size).describe("How large."),
      });
    assert.deepEqual(
      settingsTable(z.discriminatedUnion("kind", [kind("a", 1), kind("b", 2)]))
        .split("\n")
        .slice(2),
      ["| `kind` | `a` is one. `b` is one. | none, it must be said |", "| `size` | How large. | `1` or `2` |"],
    );
  });

  it("has one line for keys below which all may stand alike", () => {
    const alike = z.string().default("x").describe("A word.");
    const all = z.strictObject({ a: alike, b: alike }).prefault({}).register(words, { each: "WORD" });
    assert.deepEqual(settingsTable(z.strictObject({ all })).split("\n").slice(2), ["| `all.WORD` | A word. | `x` |"]);
  });

  it("takes its place between the markers, and leaves a page without them alone", () => {
    const page = "# Page\n\n<!-- settings -->\nold\n<!-- /settings -->\n\nmore\n";
    assert.equal(withTable(page, "| new |"), "# Page\n\n<!-- settings -->\n\n| new |\n\n<!-- /settings -->\n\nmore\n");
    assert.equal(withTable("# Page\n", "| new |"), "# Page\n");
    assert.equal(withTable("<!-- settings -->\nno end\n", "| new |"), "<!-- settings -->\nno end\n");
  });
});
