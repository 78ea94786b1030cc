import { stringify } from "yaml";

/** What is used of `pulumi preview --json`. */
export interface PreviewDigest {
  readonly steps: readonly {
    readonly op: string;
    readonly urn: string;
    readonly newState?: { readonly type: string; readonly inputs?: unknown };
  }[];
  readonly diagnostics?: readonly { readonly message?: string; readonly severity: string }[];
  readonly changeSummary?: Readonly<Record<string, number>>;
}

/** A resource of a preview, as a person reviews it. */
export interface Previewed {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}

/** What stands in a preview's JSON for a value that only an update will tell, and what is written for it here. */
const unknownMarks = new Set([
  "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
]);
export const UNKNOWN = "(known after up)";

/** Longer texts are scripts, which have snapshots of their own. Azure's ids are long and no scripts. */
const LONGEST = 160;

const special: Readonly<Record<string, (value: unknown, folder: string) => unknown>> = {
  // Of credentials, the half year that they are of.
  triggers: (value, folder) =>
    [value].flat().map((item) => (typeof item === "number" ? "(number)" : normal(item, folder))),
  // What Azure takes as base64 is of more use as it is meant.
  customData: (value, folder) => normalText(Buffer.from(String(value), "base64").toString("utf8"), folder),
};

/**
 * The resources of a preview without what differs from run to run and machine to machine: secrets, paths of `folder`,
 * hashes, scripts. In the order of their names.
 */
export function previewed({ steps }: PreviewDigest, folder: string): Previewed[] {
  return steps
    .flatMap(({ urn, newState }) =>
      newState === undefined || newState.type === "pulumi:pulumi:Stack"
        ? []
        : [{ type: newState.type, name: urn.split("::").at(-1)!, inputs: normal(newState.inputs ?? {}, folder) }],
    )
    .sort((a, b) => compare(`${a.type} ${a.name}`, `${b.type} ${b.name}`));
}

/** As YAML, which is read more easily than JSON. */
export function snapshotOf(resources: readonly Previewed[]): string {
  return stringify(resources, { lineWidth: 0, aliasDuplicateObjects: false, sortMapEntries: false });
}

function normal(value: unknown, folder: string): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => normal(item, folder));
  }
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value)
        .filter(([key]) => !key.startsWith("__"))
        .map(([key, item]) => [key, special[key]?.(item, folder) ?? normal(item, folder)]),
    );
  }
  return typeof value === "string" ? normalText(value, folder) : value;
}

function normalText(text: string, folder: string): string {
  if (text === "[secret]") {
    return "(secret)";
  }
  if ([...unknownMarks].some((mark) => text.includes(mark))) {
    return UNKNOWN;
  }
  const shown = text
    .replaceAll(folder, ".")
    .replace(/\/subscriptions\/[0-9a-f-]{36}/g, "/subscriptions/SUBSCRIPTION")
    .replace(/\b[0-9a-f]{12,}\b/g, "(hash)");
  return shown.length > LONGEST && !shown.startsWith("/subscriptions/") ? "(text)" : shown;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
