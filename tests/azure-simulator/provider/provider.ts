import { nameOf } from "../arm/ids";
import { notFound, ProvisioningError } from "../arm/errors";
import type { Body } from "../arm/resource";
import type { ResourceManager } from "../arm/resource-manager";
import { types, typeOfToken } from "../types";
import { CLIENT, OBJECT, TENANT } from "../types/access";
import { pathInputs, type ResourceType, valueAt, withValue } from "../types/resource-type";
import { type Autonaming, missing, withName } from "./check";
import { type Change, carryOver, changes, isObject } from "./diff";
import { asInputs, bodyOf, idInputs, idOf, inputsOfId } from "./requests";
import { retrying } from "./retry";

/** How an unknown value looks on the wire between engine and provider. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export interface Configuration {
  readonly subscriptionId: string;
  /** Where resources go that do not say. */
  readonly location?: string;
  readonly retryDelayMilliseconds: number;
}

/** A resource that was made or changed. `failure` says that it is there and did not come up. */
export interface Outcome {
  readonly id: string;
  readonly outputs: Body;
  readonly failure?: ProvisioningError;
}

/** The provider azure-native, as far as its life cycle goes, in front of the simulated Azure Resource Manager. */
export class Provider {
  constructor(
    private readonly arm: ResourceManager,
    private readonly configuration: Configuration,
  ) {}

  async check(
    urn: string,
    olds: Body,
    news: Body,
    seed: Uint8Array,
    autonaming?: Autonaming,
  ): Promise<{ inputs: Body; failures: string[] }> {
    const type = typeOf(urn);
    const named = withName(type, urn, seed, autonaming, olds, news);
    const location = await this.locationOf(type, olds, named);
    const inputs: Body = {
      azureApiVersion: type.apiVersion,
      ...named,
      ...(location === undefined ? {} : { location }),
    };
    return { inputs, failures: missing(type, inputs) };
  }

  diff(urn: string, olds: Body, news: Body): Change[] {
    return changes(typeOf(urn), olds, news);
  }

  /** What can be said of a resource's outputs before it is made: its inputs; all else is unknown. */
  preview(urn: string, inputs: Body, before?: Body): Body {
    const type = typeOf(urn);
    const unknown = Object.fromEntries(type.outputs.map((name) => [name, UNKNOWN]));
    const lists = [...(type.parts ?? []).map((part) => [part]), ...(type.children ?? []).map(({ path }) => path)];
    const known = lists.reduce((body, path) => withUnknownParts(body, path), bodyOf(type, inputs));
    const scope = inputs.scope === undefined ? {} : { scope: inputs.scope };
    const stable = Object.fromEntries(
      ["name", "location"].flatMap((name) => (before?.[name] === undefined ? [] : [[name, before[name]]])),
    );
    return { ...unknown, ...known, ...scope, azureApiVersion: type.apiVersion, ...stable };
  }

  async create(urn: string, inputs: Body): Promise<Outcome> {
    const type = typeOf(urn);
    const id = idOf(type, inputs, this.configuration.subscriptionId)!;
    if ((await this.arm.get(id)) !== undefined) {
      throw new Error(`cannot create already existing ${isChild(type) ? "subresource" : "resource"} '${id}'`);
    }
    return this.put(type, id, bodyOf(type, inputs));
  }

  async update(urn: string, id: string, inputs: Body): Promise<Outcome> {
    const type = typeOf(urn);
    return this.put(type, id, bodyOf(type, inputs));
  }

  /** What a resource is now, and the inputs that would make it so. Undefined where it is gone. */
  async read(
    urn: string,
    id: string,
    oldOutputs: Body,
    oldInputs: Body,
  ): Promise<{ outputs: Body; inputs: Body } | undefined> {
    const type = typeOf(urn);
    const outputs = await this.arm.get(id);
    if (outputs === undefined) {
      return undefined;
    }
    const shown = { ...outputs, azureApiVersion: type.apiVersion };
    if (Object.keys(oldInputs).length === 0) {
      const inputs = { azureApiVersion: type.apiVersion, ...asInputs(type, outputs), ...inputsOfId(type, id) };
      return { outputs: shown, inputs };
    }
    const unnamed = (type.children ?? []).filter(({ path }) => valueAt(oldInputs, path) === undefined);
    const without = (body: Body) => unnamed.reduce((rest, { path }) => dropped(rest, path), body);
    const [before, now] = [oldOutputs, outputs].map((each) => asInputs(type, without(each)));
    return { outputs: shown, inputs: carryOver(oldInputs, before, now) as Body };
  }

  async delete(id: string): Promise<void> {
    await this.retry(() => this.arm.delete(id));
  }

  /** Answers a function: getClientConfig, a machine of a scale set, or the getter of any type. */
  async invoke(token: string, args: Body): Promise<Body> {
    const { subscriptionId } = this.configuration;
    if (token === "azure-native:authorization:getClientConfig") {
      return { clientId: CLIENT, objectId: OBJECT, subscriptionId, tenantId: TENANT };
    }
    if (token === "azure-native:compute:getVirtualMachineScaleSetVM") {
      return this.machine(args);
    }
    const type = types.find((each) => each.token.replace(/:(\w+)$/, ":get$1") === token);
    const id = type && idOf(type, args, subscriptionId);
    if (type === undefined || id === undefined) {
      throw new Error(`Invoke type ${token} not found, or an argument is missing`);
    }
    const outputs = await this.arm.get(id);
    if (outputs === undefined) {
      const group = (args.resourceGroupName as string | undefined) ?? "";
      const error = notFound(id, type.type, nameOf(id), group);
      throw new Error(`request failed ${id}: ${error.message}`);
    }
    return { ...outputs, azureApiVersion: type.apiVersion };
  }

  private async machine({ resourceGroupName, vmScaleSetName, instanceId, expand }: Body): Promise<Body> {
    const scaleSet = typeOfToken("azure-native:compute:VirtualMachineScaleSet")!;
    const id = idOf(scaleSet, { resourceGroupName, vmScaleSetName }, this.configuration.subscriptionId) ?? "";
    const { instanceView, ...machine } = await this.arm.getMachine(id, instanceId as string);
    const expanded = typeof expand === "string" && expand.toLowerCase() === "instanceview" ? { instanceView } : {};
    return { ...machine, ...expanded, azureApiVersion: scaleSet.apiVersion };
  }

  private async put(type: ResourceType, id: string, body: Body): Promise<Outcome> {
    const shown = (outputs: Body): Body => ({ ...outputs, azureApiVersion: type.apiVersion });
    try {
      return { id, outputs: shown(await this.retry(() => this.arm.put(id, body))) };
    } catch (error) {
      if (error instanceof ProvisioningError) {
        return { id, outputs: shown((await this.arm.get(id)) ?? {}), failure: error };
      }
      throw error;
    }
  }

  private retry<T>(request: () => Promise<T>): Promise<T> {
    return retrying(request, this.configuration.retryDelayMilliseconds);
  }

  /** The region of a resource that does not say: the one it had, the configured one, its group's. */
  private async locationOf(type: ResourceType, olds: Body, news: Body): Promise<unknown> {
    if (news.location !== undefined || !type.inputs.includes("location")) {
      return news.location;
    }
    const known = olds.location ?? this.configuration.location;
    const group = news.resourceGroupName;
    if (known !== undefined || typeof group !== "string" || !idInputs(type).includes("resourceGroupName")) {
      return known;
    }
    if (group === UNKNOWN) {
      return UNKNOWN;
    }
    const found = await this.arm.get(`/subscriptions/${this.configuration.subscriptionId}/resourceGroups/${group}`);
    return found?.location;
  }
}

function typeOf(urn: string): ResourceType {
  const token = urn.split("::")[2].split("$").at(-1)!;
  const type = typeOfToken(token);
  if (type === undefined) {
    throw new Error(`Resource type ${token} not found: the simulator does not know it`);
  }
  return type;
}

function isChild(type: ResourceType): boolean {
  return pathInputs(type).length > 1 && type.naming === "copy";
}

/** What Azure adds to each item of a list is unknown until it is there. */
function withUnknownParts(body: Body, path: readonly string[]): Body {
  const items = valueAt(body, path);
  if (!Array.isArray(items)) {
    return body;
  }
  const unknown = { id: UNKNOWN, etag: UNKNOWN, provisioningState: UNKNOWN };
  return withValue(
    body,
    path,
    items.map((item: unknown) => (isObject(item) ? { ...unknown, ...item } : item)),
  );
}

function dropped(body: Body, path: readonly string[]): Body {
  return valueAt(body, path) === undefined ? body : withValue(body, path, undefined);
}
