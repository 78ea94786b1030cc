import * as grpc from "@grpc/grpc-js";
import * as provider from "@pulumi/pulumi/proto/provider_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { Body } from "../arm/resource";
import type { Autonaming } from "./check";
import { CREATE_BEFORE_DELETE } from "./check";
import type { Change } from "./diff";
import type { Outcome, Provider } from "./provider";

type Call<Q> = grpc.ServerUnaryCall<Q, unknown>;
type Reply<R> = grpc.sendUnaryData<R>;

/**
 * Serves a provider to the Pulumi engine. Not by @pulumi/pulumi/provider's `main`: that has no configuration, no
 * previews of outputs and no old inputs, all of which azure-native's programs see.
 */
export class ProviderServer {
  private provider?: Provider;
  private underWay = 0;

  constructor(
    private readonly version: string,
    private readonly configured: (variables: ReadonlyMap<string, string>) => Provider,
  ) {}

  /** Whether nothing that was asked is still going on. */
  get idle(): boolean {
    return this.underWay === 0;
  }

  /** Listens on a free loopback port and returns it. */
  async listen(): Promise<number> {
    const server = new grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });
    server.addService(ResourceProviderService, this.handlers());
    const credentials = grpc.ServerCredentials.createInsecure();
    return new Promise((resolve, reject) => {
      server.bindAsync("127.0.0.1:0", credentials, (error, port) => (error ? reject(error) : resolve(port)));
    });
  }

  private handlers(): grpc.UntypedServiceImplementation {
    const handlers = {
      getPluginInfo: async () => new plugin.PluginInfo().setVersion(this.version),
      getSchema: async () => new provider.GetSchemaResponse().setSchema("{}"),
      attach: async () => new Empty(),
      cancel: async () => new Empty(),
      checkConfig: async (request: provider.CheckRequest) => new provider.CheckResponse().setInputs(request.getNews()),
      diffConfig: async () => new provider.DiffResponse(),
      configure: async (request: provider.ConfigureRequest) => this.configure(request),
      check: (request: provider.CheckRequest) => this.check(request),
      diff: async (request: provider.DiffRequest) => this.diff(request),
      create: (request: provider.CreateRequest) => this.create(request),
      read: (request: provider.ReadRequest) => this.read(request),
      update: (request: provider.UpdateRequest) => this.update(request),
      delete: async (request: provider.DeleteRequest) => {
        await this.provider!.delete(request.getId());
        return new Empty();
      },
      invoke: (request: provider.InvokeRequest) => this.invoke(request),
    };
    const counted = (handle: Handler) => (request: unknown) => {
      this.underWay++;
      return handle(request).finally(() => this.underWay--);
    };
    return Object.fromEntries(
      Object.entries(handlers).map(([name, handle]) => [name, answering(counted(handle as Handler))]),
    );
  }

  private configure(request: provider.ConfigureRequest): provider.ConfigureResponse {
    const variables = new Map<string, string>(request.getVariablesMap().getEntryList());
    this.provider = this.configured(variables);
    // As azure-native: it takes no secrets, so the engine itself marks outputs that stem from secret inputs.
    return new provider.ConfigureResponse().setSupportspreview(true).setSupportsAutonamingConfiguration(true);
  }

  private async check(request: provider.CheckRequest): Promise<provider.CheckResponse> {
    const seed = request.getRandomseed_asU8();
    const { inputs, failures } = await this.provider!.check(
      request.getUrn(),
      plain(request.getOlds()),
      plain(request.getNews()),
      seed,
      autonamingOf(request.getAutonaming()),
    );
    const reasons = failures.map((reason) => new provider.CheckFailure().setReason(reason));
    return new provider.CheckResponse().setInputs(struct(inputs)).setFailuresList(reasons);
  }

  private diff(request: provider.DiffRequest): provider.DiffResponse {
    const olds = plain(request.getOldInputs());
    const found = this.provider!.diff(request.getUrn(), olds, plain(request.getNews()));
    const { DIFF_SOME, DIFF_NONE } = provider.DiffResponse.DiffChanges;
    const response = new provider.DiffResponse().setChanges(found.length > 0 ? DIFF_SOME : DIFF_NONE);
    const replaces = found.filter((change) => change.replaces).map(({ path }) => path.split(/[.[]/)[0]);
    response.setReplacesList([...new Set(replaces)]);
    response.setDiffsList([...new Set(found.map(({ path }) => path.split(/[.[]/)[0]))]);
    response.setDeletebeforereplace(replaces.length > 0 && olds[CREATE_BEFORE_DELETE] !== true);
    response.setHasdetaileddiff(true);
    found.forEach((change) => response.getDetaileddiffMap().set(change.path, propertyDiff(change)));
    return response;
  }

  private async create(request: provider.CreateRequest): Promise<provider.CreateResponse> {
    const inputs = plain(request.getProperties());
    if (request.getPreview()) {
      return new provider.CreateResponse().setProperties(struct(this.provider!.preview(request.getUrn(), inputs)));
    }
    const outcome = await this.provider!.create(request.getUrn(), inputs);
    refuseFailed(outcome, inputs);
    return new provider.CreateResponse().setId(outcome.id).setProperties(struct(outcome.outputs));
  }

  private async update(request: provider.UpdateRequest): Promise<provider.UpdateResponse> {
    const inputs = plain(request.getNews());
    if (request.getPreview()) {
      const preview = this.provider!.preview(request.getUrn(), inputs, plain(request.getOlds()));
      return new provider.UpdateResponse().setProperties(struct(preview));
    }
    const outcome = await this.provider!.update(request.getUrn(), request.getId(), inputs);
    refuseFailed(outcome, inputs);
    return new provider.UpdateResponse().setProperties(struct(outcome.outputs));
  }

  private async read(request: provider.ReadRequest): Promise<provider.ReadResponse> {
    const id = request.getId();
    const [olds, inputs] = [plain(request.getProperties()), plain(request.getInputs())];
    const found = await this.provider!.read(request.getUrn(), id, olds, inputs);
    return found === undefined
      ? new provider.ReadResponse().setId("")
      : new provider.ReadResponse().setId(id).setProperties(struct(found.outputs)).setInputs(struct(found.inputs));
  }

  private async invoke(request: provider.InvokeRequest): Promise<provider.InvokeResponse> {
    const outputs = await this.provider!.invoke(request.getTok(), plain(request.getArgs()));
    return new provider.InvokeResponse().setReturn(struct(outputs));
  }
}

type Handler = (request: unknown) => Promise<unknown>;

/** A gRPC handler that answers with what a function returns or throws. */
function answering(handle: Handler) {
  return (call: Call<unknown>, reply: Reply<unknown>): void => {
    handle(call.request).then(
      (response) => reply(null, response),
      (error: unknown) => reply(error instanceof FailedError ? error.status : unknownError(error)),
    );
  };
}

function unknownError(error: unknown): Partial<grpc.StatusObject> {
  return { code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) };
}

/** Tells the engine that a resource is there although its operation failed, so that it keeps it and tries again. */
class FailedError extends Error {
  readonly status: Partial<grpc.StatusObject>;

  constructor({ id, outputs, failure }: Outcome, inputs: Body) {
    const message = failure!.message;
    super(message);
    const detail = new provider.ErrorResourceInitFailed()
      .setId(id)
      .setProperties(struct(outputs))
      .setInputs(struct(inputs))
      .setReasonsList([message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(any);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    this.status = { code: grpc.status.UNKNOWN, details: message, metadata };
  }
}

function refuseFailed(outcome: Outcome, inputs: Body): void {
  if (outcome.failure !== undefined) {
    throw new FailedError(outcome, inputs);
  }
}

function plain(values: Struct | undefined): Body {
  return withoutNulls(values?.toJavaScript() ?? {}) as Body;
}

/** To a provider, null is a property that is not there. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(withoutNulls);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  const given = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(given.map(([name, inner]) => [name, withoutNulls(inner)]));
}

function struct(body: Body): Struct {
  // By way of JSON, which leaves properties out that are undefined.
  return Struct.fromJavaScript(JSON.parse(JSON.stringify(body)) as Parameters<typeof Struct.fromJavaScript>[0]);
}

function propertyDiff({ kind, replaces }: Change): provider.PropertyDiff {
  const { ADD, ADD_REPLACE, UPDATE, UPDATE_REPLACE, DELETE, DELETE_REPLACE } = provider.PropertyDiff.Kind;
  const kinds = {
    add: [ADD, ADD_REPLACE],
    update: [UPDATE, UPDATE_REPLACE],
    delete: [DELETE, DELETE_REPLACE],
  } as const;
  return new provider.PropertyDiff().setKind(kinds[kind][replaces ? 1 : 0]).setInputdiff(true);
}

function autonamingOf(options: provider.CheckRequest.AutonamingOptions | undefined): Autonaming | undefined {
  if (options === undefined) {
    return undefined;
  }
  const { DISABLE, ENFORCE } = provider.CheckRequest.AutonamingOptions.Mode;
  const mode = options.getMode();
  const name = mode === DISABLE ? "disable" : mode === ENFORCE ? "enforce" : "propose";
  return { mode: name, proposedName: options.getProposedName() };
}
