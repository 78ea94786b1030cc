import type { EngineAddress } from "../hosts/engine-address";

/**
 * What must hold in a running lab: who must reach whom, who must not, and what must be answered.
 * Expectations are data. A lab states them beside its resources; `verify` proves them.
 */

interface Stated {
  /** A short sentence that says what holds when the check passes: "Alice reaches the chat server". */
  readonly name: string;
  /** Name of the host it is proved on, where that is not the lab's own. */
  readonly at?: string;
  /** On a cluster: name of the host that it is proved on; without it, one that answers. */
  readonly on?: string;
}

/** A target of a connection: an address or a name as the prober itself resolves it. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** The engine shows the network with just this addressing. */
export interface NetworkExpectation extends Stated {
  readonly kind: "network";
  /** Docker's name of the network. */
  readonly network: string;
  readonly driver: string;
  readonly subnet: string;
  readonly gateway: string;
  readonly ipRange?: string;
  /** Driver options that must be present with these values. */
  readonly options: Readonly<Record<string, string>>;
}

/** The container has this address on this network, as the engine shows it. */
export interface EndpointExpectation extends Stated {
  readonly kind: "endpoint";
  readonly container: string;
  readonly network: string;
  readonly address: string;
}

/** A name resolves to an address inside `from`, through the hosts file or through DNS and nothing else. */
export interface ResolveExpectation extends Stated {
  readonly kind: "resolve";
  readonly from: string;
  readonly host: string;
  readonly through: "hosts" | "dns";
  readonly address: string;
}

/**
 * A TCP port is listening in the network stack that `from` sees, and none of `from`'s own processes is the listener:
 * the evidence that the stack is another container's.
 */
export interface SharedListenerExpectation extends Stated {
  readonly kind: "shared-listener";
  readonly from: string;
  /** The container whose network stack it is. */
  readonly owner: string;
  readonly port: number;
}

/** A TCP connection from `from` succeeds. */
export interface ReachExpectation extends Stated {
  readonly kind: "reach";
  readonly from: string;
  readonly to: Target;
}

/**
 * A TCP connection from `from` to `to` is refused or gets no answer, while the same prober reaches `control` in the
 * same moment. Without the control a dead prober would pass.
 */
export interface NoReachExpectation extends Stated {
  readonly kind: "no-reach";
  readonly from: string;
  readonly to: Target;
  readonly control: Target;
}

/** An HTTP GET is answered with this status and a body that contains this text. */
export interface AnswerExpectation extends Stated {
  readonly kind: "answer";
  /**
   * A container's name, or from outside every container: `operator`, the machine that runs `verify` or a remote host; or
   * `visitor`, who comes from there through the load balancer of a cloud.
   */
  readonly from: string;
  readonly url: string;
  /** Request headers besides the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly contains: string;
}

/**
 * A port that hosts of a cluster publish: an HTTP GET of `url`, which each of them asks itself, is answered with this status
 * and text by just one of them, by all, or by none. A host that cannot be asked is told by a {@link MemberExpectation} of its
 * own.
 */
export interface PublishedExpectation extends Stated {
  readonly kind: "published";
  readonly from: "operator";
  /** As a host reaches itself: `http://127.0.0.1:8090/`. */
  readonly url: string;
  readonly status: number;
  readonly contains: string;
  /**
   * `one`, where a port is that of the host which the instance is on; `all`, where it is the cluster's; `none`, where each
   * has to refuse it.
   */
  readonly by: "one" | "all" | "none";
}

/**
 * Of so many GETs of `url` from `from`, the service behind it saw each, and each once. They carry an id of their own in
 * `x-ms-client-request-id`, as Azure's services take it, and `counter` with that id at its end answers how many it saw:
 * `{"requests": 3}`.
 */
export interface CountedExpectation extends Stated {
  readonly kind: "counted";
  /** A container's name. */
  readonly from: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requests: number;
  /** URL that ends where the id belongs: `http://10.0.0.2:8081/requests/`. */
  readonly counter: string;
}

/** The container's log holds each of these texts. */
export interface LogExpectation extends Stated {
  readonly kind: "log";
  readonly from: string;
  readonly contains: readonly string[];
}

/** Where a password is found at the moment it is needed: it is in no declaration. */
export type PasswordPlace =
  /** A file that holds it alone, relative to the project or absolute. */
  | { readonly file: string }
  /** A secret of the stack, by its path below the project: `labs.image-builder.registry.password`. */
  | { readonly setting: string };

/** The registry serves, under this tag, the very image that the container was made from. */
export interface DigestExpectation extends Stated {
  readonly kind: "digest";
  /** It was made from `<registry>/<repository>@sha256:…`. */
  readonly container: string;
  /** Host and, where it is not 443, port; it speaks HTTPS. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly username: string;
  readonly password: PasswordPlace;
  /** PEM file with the certificate authority of the registry, on this machine; without it, one that all know. */
  readonly caPath?: string;
}

/** A file that was brought to this machine is what the image holds: the same SHA-256 on both sides. */
export interface ArtefactExpectation extends Stated {
  readonly kind: "artefact";
  /** Reference of the image on the engine. */
  readonly image: string;
  /** File or folder in the image. */
  readonly path: string;
  /** Here, below `out/<environment>/artefacts/`; a folder where `path` is one. */
  readonly file: string;
}

/** A host is a ready member of the cluster, as one of its managers sees it. */
export interface MemberExpectation extends Stated {
  readonly kind: "member";
  /** Name of the host. */
  readonly member: string;
  readonly role: "manager" | "worker";
}

export type Expectation =
  | NetworkExpectation
  | EndpointExpectation
  | ResolveExpectation
  | SharedListenerExpectation
  | ReachExpectation
  | NoReachExpectation
  | AnswerExpectation
  | PublishedExpectation
  | CountedExpectation
  | LogExpectation
  | DigestExpectation
  | MemberExpectation
  | ArtefactExpectation;

/** An expectation with its place: an entry of the stack output `expectations`. */
export type PlacedExpectation = Expectation & {
  readonly lab: string;
  /** Name of the container host that `from`, `container` or `network` is on. */
  readonly at: string;
};

/** How `verify` reaches a host's engine: an entry of the stack output `hosts`. */
export interface EngineAccess extends EngineAddress {
  readonly name: string;
  readonly kind: string;
  readonly os: "linux" | "windows";
  /**
   * Name and tag of the toolbox image on a remote Linux host. There the `operator` is the host itself: what it publishes
   * on its loopback address is reached from nowhere else.
   */
  readonly toolbox?: string;
  /** The address at which everybody comes to the host: a load balancer's. Only in a cloud. */
  readonly address?: string;
  /** Of a cluster: the names of its hosts, managers first. Its engine is that of the first of them. */
  readonly members?: readonly string[];
}

export type CheckStatus =
  /** It holds. */
  | "pass"
  /** It was tested and does not hold. */
  | "fail"
  /** It could not be tested: the prober did not run, the control was not reached, the engine did not answer. */
  | "error";

export interface Check {
  readonly lab: string;
  /** Name of the host that it was made on. */
  readonly at: string;
  readonly name: string;
  readonly kind: Expectation["kind"];
  /** Where the check was made from: a container, a network, `operator`. */
  readonly from: string;
  /** What it was made against: `192.168.1.1:5000`, a URL, a name; empty where there is none. */
  readonly to: string;
  readonly status: CheckStatus;
  /** The evidence, in one line. */
  readonly detail: string;
  /** How long the last attempt took, in milliseconds. */
  readonly ms: number;
}

export interface Report {
  readonly environment: string;
  readonly checks: readonly Check[];
}
