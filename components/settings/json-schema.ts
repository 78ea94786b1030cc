import { z } from "zod";
import { settingsSchema, type Registry } from "./parse";
import { words } from "./types";

/** The project's name, which Pulumi puts before each of its settings. */
const project = "container-network-labs";

/**
 * The JSON Schema of a whole stack file, by which editors complete and check it. Draft 7 is what the YAML language
 * server understands best.
 */
export function stackFileSchema(registry: Registry): Record<string, unknown> {
  const { properties } = z.toJSONSchema(settingsSchema(registry), {
    io: "input",
    target: "draft-7",
    override: ({ zodSchema, jsonSchema }) => {
      const { byDefault, secret } = words.get(zodSchema) ?? {};
      if (secret === true) {
        encrypted(jsonSchema);
      }
      if (byDefault !== undefined) {
        jsonSchema.description = `${jsonSchema.description} Default: ${byDefault}.`;
      }
      // Not a format that JSON Schema knows; its pattern says the same.
      if (jsonSchema.format === "cidrv4") {
        delete jsonSchema.format;
      }
    },
  });
  const own = Object.entries(properties!).map(([key, schema]) => [`${project}:${key}`, schema] as const);
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "An environment of container-network-labs",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: Object.fromEntries(own),
        patternProperties: { [`^(?!${project}:)`]: { description: "A setting of Pulumi or of another project." } },
        additionalProperties: false,
        required: [`${project}:hosts`, `${project}:labs`],
      },
      encryptionsalt: { type: "string", description: "Written by Pulumi: what its passphrase is mixed with." },
      encryptedkey: { type: "string", description: "Written by Pulumi: the key of the stack's secrets, encrypted." },
      secretsprovider: { type: "string", description: "Written by Pulumi: what encrypts the stack's secrets." },
      environment: { description: "Pulumi ESC environments that the stack imports." },
    },
    required: ["config"],
    additionalProperties: false,
  };
}

/** Makes a text's schema that of a secret: in a stack file it is what Pulumi has encrypted. */
function encrypted(schema: z.core.JSONSchema.BaseSchema): void {
  Object.assign(schema, {
    type: "object",
    properties: { secure: { type: "string", description: "Written by `pulumi config set --secret`." } },
    required: ["secure"],
    additionalProperties: false,
  });
  delete schema.pattern;
  delete schema.minLength;
  delete schema.maxLength;
}
