import type { RuleName } from "../../components/settings/policies";
import type { Rule } from "../rule";
import { noAdministrationFromTheWorld } from "./administration";
import { enginesByMutualTls } from "./engines";
import { expires } from "./expires";
import { imagesPinned, machineImagesPinned } from "./images";
import { labelled } from "./labelled";
import { metadataTokensClosed } from "./metadata";
import { noPlainDocker } from "./plain-docker";
import { noPrivilegedContainers } from "./privileged";

/** What each rule of the house is, by the name that settings know it by. */
export const rules: Readonly<Record<RuleName, Rule>> = {
  "no-administration-from-the-world": noAdministrationFromTheWorld,
  "no-plain-docker": noPlainDocker,
  labelled,
  expires,
  "images-pinned": imagesPinned,
  "machine-images-pinned": machineImagesPinned,
  "no-privileged-containers": noPrivilegedContainers,
  "engines-by-mutual-tls": enginesByMutualTls,
  "metadata-tokens-closed": metadataTokensClosed,
};
