import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { ArmError } from "../arm/errors";
import { withLock, writeAtomically } from "../arm/lock";

/** How the simulated Azure behaves: the JSON file that AZURE_SIMULATOR_SETTINGS names. All of it may be left out. */
export interface Settings {
  /** How long every request takes, in milliseconds. */
  readonly latencyMilliseconds: number;
  /** How long a write goes on after it was accepted, by token; "*" is for the types that are not named. */
  readonly provisioningMilliseconds: Readonly<Record<string, number>>;
  /** The first wait before a refused request is tried again, where Azure does not say how long. azure-native's is 20 s. */
  readonly retryDelayMilliseconds: number;
  /** Cores that a subscription may use in a region. */
  readonly cores: number;
  /** Where public addresses are taken from. */
  readonly publicAddresses: string;
  /** What makes the machines of scale sets; without it, they are only told about. */
  readonly hosts?: HostsModule;
  /** The next so many writes are refused with 429. */
  readonly throttle?: Throttle;
  /** Writes to a type that are refused so many times, although another try would pass. */
  readonly conflicts?: readonly Conflict[];
  /** Extensions that fail on an instance, so many times, or always. */
  readonly extensionFailures?: readonly ExtensionFailure[];
}

/** A module whose `hostsFor` takes these options and returns InstanceHosts (instances/hosts.ts). */
export interface HostsModule {
  /** Its file. */
  readonly module: string;
  readonly options: unknown;
}

export interface Throttle {
  readonly writes: number;
  readonly retryAfterSeconds: number;
}

export interface Conflict {
  /** Token of azure-native. */
  readonly type: string;
  readonly code: "AnotherOperationInProgress" | "RetryableError";
  readonly times: number;
}

export interface ExtensionFailure {
  readonly instance: string;
  /** Any, where it is not said. */
  readonly extension?: string;
  readonly message: string;
  readonly times?: number;
}

const defaults: Settings = {
  latencyMilliseconds: 5,
  provisioningMilliseconds: {},
  retryDelayMilliseconds: 200,
  cores: 100,
  publicAddresses: "203.0.113.0/24",
};

/** The settings, and what was ordered in them. Orders are used up: the file always holds what is still to come. */
export class Orders {
  constructor(private readonly file?: string) {}

  get settings(): Settings {
    if (this.file === undefined || !existsSync(this.file)) {
      return defaults;
    }
    return { ...defaults, ...(JSON.parse(readFileSync(this.file, "utf8")) as Partial<Settings>) };
  }

  /** The wait that every request has. */
  async latency(): Promise<void> {
    await sleep(this.settings.latencyMilliseconds);
  }

  /** The wait between accepting a write and its end. */
  async provisioning(token: string): Promise<void> {
    const { provisioningMilliseconds: times } = this.settings;
    await sleep(times[token] ?? times["*"] ?? 0);
  }

  /** Throws what was ordered for a write to this type. */
  async refuse(token: string): Promise<void> {
    const refusal = await this.take((settings) => throttled(settings) ?? conflicting(settings, token));
    if (refusal !== undefined) {
      throw refusal;
    }
  }

  /** The message that an extension is ordered to fail with on an instance; undefined where it may succeed. */
  extensionFailure(instance: string, extension: string): Promise<string | undefined> {
    return this.take((settings) => {
      const failures = settings.extensionFailures ?? [];
      const order = failures.find((failure) => isFor(failure, instance, extension));
      if (order === undefined) {
        return undefined;
      }
      const rest = failures.flatMap((each) => (each === order ? fewer(order) : [each]));
      return { found: order.message, left: { ...settings, extensionFailures: rest } };
    });
  }

  /** Looks for an order and, where there is one, writes down what is left. */
  private async take<T>(look: (settings: Settings) => Taken<T> | undefined): Promise<T | undefined> {
    const { file } = this;
    if (file === undefined || look(this.settings) === undefined) {
      return undefined;
    }
    return withLock(`${file}.lock`, () => {
      const taken = look(this.settings);
      if (taken !== undefined) {
        writeAtomically(file, JSON.stringify(taken.left, undefined, 2));
      }
      return taken?.found;
    });
  }
}

interface Taken<T> {
  readonly found: T;
  readonly left: Settings;
}

function throttled(settings: Settings): Taken<ArmError> | undefined {
  const { throttle } = settings;
  if (throttle === undefined || throttle.writes <= 0) {
    return undefined;
  }
  const reason = "The request is being throttled as the limit has been reached for operation type - Write.";
  const found = new ArmError(429, "TooManyRequests", reason, throttle.retryAfterSeconds);
  return { found, left: { ...settings, throttle: { ...throttle, writes: throttle.writes - 1 } } };
}

function conflicting(settings: Settings, token: string): Taken<ArmError> | undefined {
  const conflicts = settings.conflicts ?? [];
  const order = conflicts.find(({ type, times }) => type === token && times > 0);
  if (order === undefined) {
    return undefined;
  }
  const found = order.code === "RetryableError" ? retryable() : anotherOperation("this");
  const rest = conflicts.map((each) => (each === order ? { ...order, times: order.times - 1 } : each));
  return { found, left: { ...settings, conflicts: rest } };
}

/** The refusal while another write to the same resource goes on. */
export function anotherOperation(what: string): ArmError {
  const reason = `Another operation on ${what} or dependent resource is in progress.`;
  return new ArmError(409, "AnotherOperationInProgress", reason);
}

function retryable(): ArmError {
  return new ArmError(429, "RetryableError", "A retryable error occurred.");
}

function isFor(failure: ExtensionFailure, instance: string, extension: string): boolean {
  const wanted = failure.extension === undefined || failure.extension === extension;
  return failure.instance === instance && wanted && (failure.times ?? 1) > 0;
}

function fewer(order: ExtensionFailure): ExtensionFailure[] {
  return [order.times === undefined ? order : { ...order, times: order.times - 1 }];
}
