import type { AnswerExpectation, Expectation } from "../../checks/expectation";
import type { HostOs } from "../lab";
import { placementExpectations } from "../placement";
import { counterPort, healthPort, metadataAddress, metadataPort } from "./addresses";
import { clientsOf, type Client } from "./clients";
import type { ImdsProxySettings } from "./settings";
import { topology } from "./topology";

const service = `http://${metadataAddress}`;
const instance = `${service}/metadata/instance?api-version=2017-04-02`;
const token = `${service}/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/`;
const asked = { Metadata: "true" };

/** How many requests of each client are counted at the service. */
const counted = 20;

/** What must hold in the lab: the document's observations, and what a proxy for this service owes, each as a check. */
export function expectations(settings: ImdsProxySettings, os: HostOs): Expectation[] {
  const clients = clientsOf(settings.clients);
  // What no client differs in is asked by one: Azure's service answers five requests a second for a whole machine.
  const [first] = clients;
  const standIn = settings.service === "stand-in";
  return [
    ...placementExpectations(topology(settings, os), os),
    ...(standIn ? standInExpectations(settings, clients) : []),
    ...(standIn ? clients : clients.slice(0, 1)).map((client) => metadataExpectation(settings, client)),
    ...clients.flatMap((client) => tokenExpectations(settings, client)),
    ...(first === undefined ? [] : refusalExpectations(settings, first)),
    ...outsiderExpectations(settings),
  ];
}

/** A stand-in can be looked at from behind: nobody gets to it past the proxy, and it sees each request once. */
function standInExpectations({ standIn, proxy }: ImdsProxySettings, clients: readonly Client[]): Expectation[] {
  const direct = { host: standIn.address, port: metadataPort };
  return [
    { kind: "reach", name: `${proxy.name} reaches ${standIn.name}`, from: proxy.name, to: direct },
    ...clients.flatMap(({ name }): Expectation[] => [
      {
        kind: "no-reach",
        name: `${name} does not reach ${standIn.name} past ${proxy.name}`,
        from: name,
        to: direct,
        control: { host: proxy.address, port: metadataPort },
      },
      {
        kind: "counted",
        name: `${standIn.name} sees what ${name} asks, each request once`,
        from: name,
        url: instance,
        headers: asked,
        requests: counted,
        counter: `http://${standIn.address}:${counterPort}/requests/`,
      },
    ]),
  ];
}

function metadataExpectation({ service: by, metadata }: ImdsProxySettings, { name }: Client): Expectation {
  const contains = by === "stand-in" ? metadata.vmId : "vmId";
  return {
    kind: "answer",
    name: `${name} gets the metadata`,
    from: name,
    url: instance,
    headers: asked,
    status: 200,
    contains,
  };
}

function tokenExpectations({ service: by, identity }: ImdsProxySettings, { name }: Client): Expectation[] {
  const ask = { kind: "answer", from: name, url: token, headers: asked } as const;
  if (!identity.clients.includes(name)) {
    return [{ ...ask, name: `${name} gets no token`, status: 403, contains: "identity_not_allowed" }];
  }
  // A real token has no place in a report.
  return by === "azure" ? [] : [{ ...ask, name: `${name} gets a token`, status: 200, contains: "Bearer" }];
}

function refusalExpectations({ service: by }: ImdsProxySettings, { name }: Client): Expectation[] {
  const ask = { kind: "answer", from: name, url: instance } as const;
  const refused: Omit<AnswerExpectation, "kind" | "from">[] = [
    {
      ...ask,
      name: `${name} is refused without the Metadata header`,
      status: 400,
      contains: by === "stand-in" ? "metadata header" : "",
    },
    {
      ...ask,
      name: `${name} is refused with a forwarding header`,
      headers: { ...asked, "X-Forwarded-For": "203.0.113.7" },
      status: 400,
      contains: "forwarding_header",
    },
    {
      ...ask,
      name: `${name} is refused another path`,
      url: `${service}/metadata/scheduledevents?api-version=2020-07-01`,
      headers: asked,
      status: 404,
      contains: "path_not_allowed",
    },
  ];
  return refused.map((each) => ({ ...ask, ...each }));
}

function outsiderExpectations({ service: by, outsider, proxy, standIn }: ImdsProxySettings): Expectation[] {
  const control = { host: proxy.address, port: healthPort };
  const kept = (what: string, host: string, reached = control): Expectation => ({
    kind: "no-reach",
    name: `${outsider.name} does not reach ${what}`,
    from: outsider.name,
    to: { host, port: metadataPort },
    control: reached,
  });
  return [
    kept(proxy.name, proxy.address),
    kept("the metadata address", metadataAddress),
    ...(by === "stand-in" ? [kept(standIn.name, standIn.address, { host: standIn.address, port: counterPort })] : []),
  ];
}
