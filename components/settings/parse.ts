import { z } from "zod";
import type { PlacedExpectation } from "../checks/expectation";
import type { LabDefinition, Place } from "../labs/lab";
import type { HostTopology, Topology } from "../network/topology";
import { blameExactly } from "./blame";
import { placedOpenings } from "../azure/openings";
import { crossFaults } from "./cross-checks";
import { scaleSetFaults } from "./cross-checks/scale-set";
import { type ExpectedConnection, expect } from "./expect";
import { controlFaults, expectFaults } from "./expect-faults";
import { expires } from "./expires";
import type { Fault } from "./fault";
import { declaredPlaces, hosts, type DeclaredHost, type HostsSettings } from "./hosts";
import { placementFaults, placeLabs } from "./placement";
import { policies, type PolicySettings } from "./policies";
import { schemaFaults, valueAt } from "./schema-faults";
import { SettingsError } from "./settings-error";
import { words } from "./types";
import { verify, type VerifySettings } from "./verify";

/** The part of a lab's definition that settings are checked against. */
export type LabRules = Pick<
  LabDefinition,
  "settings" | "systems" | "spreads" | "topology" | "faults" | "openings" | "expectations"
>;
export type Registry = Readonly<Record<string, LabRules>>;

/** A lab of the environment with its settings, complete and right. */
export interface LabSettings {
  /** Its name in the registry of labs. */
  readonly lab: string;
  /** As its definition's `settings` gives them. */
  readonly settings: unknown;
}

/** A lab and a host that it is on. */
export interface PlacedLab extends LabSettings {
  readonly host: DeclaredHost;
}

/** An environment: where containers run, and which labs. */
export interface Settings {
  readonly environment: string;
  readonly hosts: HostsSettings;
  /** In the order of the registry. */
  readonly labs: readonly LabSettings[];
  /** Which lab is on which host: in the order of the registry, those of one lab in the order of the hosts. */
  readonly placed: readonly PlacedLab[];
  readonly verify: VerifySettings;
  /** What must hold besides what the labs expect. */
  readonly expect: readonly ExpectedConnection[];
  /** When it ends: a time, or how long after its first update. */
  readonly expires?: string;
  /** The rules of the house that it does without, by name. */
  readonly policies: PolicySettings;
  /** What all of this puts on the hosts. */
  readonly topology: Topology;
}

/** The project's settings as Pulumi's configuration holds them, by their key without the project's name. */
export type RawSettings = Readonly<Record<string, unknown>>;

/** The schema of an environment's settings, with these labs. */
export function settingsSchema(registry: Registry) {
  const known = Object.entries(registry).map(([name, lab]) => [name, lab.settings.optional()] as const);
  const labs = z
    .strictObject(Object.fromEntries(known))
    .refine((given) => Object.keys(given).length > 0, { when: ({ issues }) => issues.length === 0 })
    .meta({
      description: "Which labs there are, by name, and their settings; `{}` means a lab's defaults.",
      minProperties: 1,
    })
    .register(words, {
      allowed: `at least one of the labs ${Object.keys(registry).join(", ")}`,
      cure: `write the lab's name and its settings below it, for example { ${Object.keys(registry)[0]}: {} }`,
    });
  return z.strictObject({ hosts, labs, expect, verify, expires, policies });
}

/**
 * Types and checks an environment's settings.
 * @param onThisMachine What is wrong with the hosts' settings that only this machine can tell: files that are not there.
 * @throws SettingsError with everything that is wrong with them, as far as it can be told at once: the rules between
 * settings are checked for the labs whose own settings can be read.
 */
export function parse(
  raw: RawSettings,
  environment: string,
  registry: Registry,
  onThisMachine: (hosts: HostsSettings) => Fault[] = () => [],
): Settings {
  const schema = settingsSchema(registry);
  const result = schema.safeParse(raw);
  const labs = result.success ? given(result.data.labs, registry) : readableLabs(raw.labs, registry);
  const places = hosts.safeParse(raw.hosts);
  const declared = places.success ? declaredPlaces(places.data) : [];
  const placed = places.success ? placeLabs(places.data, labs, registry) : [];
  const topology = declared.map((host) => topologyOf(host, placed, registry));
  const inCloud =
    places.success && places.data.kind === "scale-set"
      ? scaleSetFaults(places.data, topology, placedOpenings(placed, registry))
      : [];
  const { data: stated = [] } = expect.safeParse(raw.expect);
  const whole = { environment, hosts: topology };
  const faults = [
    ...(result.success ? [] : schemaFaults(schema, raw, result.error)),
    ...(places.success ? [...placementFaults(places.data, labs, registry), ...onThisMachine(places.data)] : []),
    ...blameExactly([...labFaults(whole, placed, registry), ...crossFaults(topology), ...inCloud], {
      labs: Object.fromEntries(labs.map(({ lab, settings }) => [lab, settings])),
    }),
    // Containers of labs that can't be read are not known.
    ...(result.success && places.success ? expectFaults(stated, whole) : []),
  ];
  if (result.success && faults.length === 0) {
    faults.push(...controlFaults(stated, whole, () => labExpectations(whole, placed, registry)));
  }
  if (!result.success || faults.length > 0) {
    throw new SettingsError(distinct(faults), environment);
  }
  return { environment, ...result.data, labs, placed, topology: whole };
}

/** In the order of the registry, whatever the order in the file. */
function given(settings: Readonly<Record<string, unknown>>, registry: Registry): LabSettings[] {
  return Object.keys(registry).flatMap((lab) =>
    settings[lab] === undefined ? [] : [{ lab, settings: settings[lab] }],
  );
}

/** The labs whose own settings can be read, where not all can. */
function readableLabs(raw: unknown, registry: Registry): LabSettings[] {
  return Object.entries(registry).flatMap(([lab, { settings }]) => {
    const given = valueAt(raw, [lab]);
    const result = given === undefined ? undefined : settings.safeParse(given);
    return result?.success ? [{ lab, settings: result.data }] : [];
  });
}

function topologyOf(host: DeclaredHost, placed: readonly PlacedLab[], registry: Registry): HostTopology {
  return {
    ...host,
    labs: placed
      .filter((each) => each.host.name === host.name)
      .map(({ lab, settings }) => ({ lab, ...registry[lab].topology(settings, host.os, host.members) })),
  };
}

/** What is the same for every place of an environment. */
type Surroundings = Pick<Place, "environment" | "hosts">;

/** What the labs themselves have to say of their settings, wherever they are placed. */
function labFaults(within: Surroundings, placed: readonly PlacedLab[], registry: Registry): Fault[] {
  return placed.flatMap(({ lab, settings, host }) =>
    registry[lab]
      .faults(settings, host.os, { ...within, host: host.name })
      .map((fault) => ({ ...fault, key: `labs.${lab}.${fault.key}` })),
  );
}

/** What labs expect wherever they are placed, in the order of the labs, and of each lab's hosts. */
export function labExpectations(
  { environment, hosts }: Surroundings,
  placed: readonly PlacedLab[],
  registry: Registry,
): PlacedExpectation[] {
  return placed.flatMap(({ lab, settings, host: { name: at, os } }) =>
    registry[lab]
      .expectations(settings, os, { environment, host: at, hosts })
      .map((each): PlacedExpectation => ({ lab, at, ...each })),
  );
}

/** Several hosts tell the same fault of the one setting that they share. */
function distinct(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map((fault) => [JSON.stringify(fault), fault])).values()];
}
