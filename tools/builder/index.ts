import type {
  ArtefactsData,
  BuildData,
  PullData,
  PushData,
  WorkspaceData,
} from "../../components/labs/image-builder/data";
import { buildImage, labelsOfImage } from "./build";
import { copyWorkspace } from "./copy";
import { fetchArtefacts, removeArtefacts } from "./fetch";
import type { Following } from "./machine";
import { operationsOn } from "./operations";
import { pullImage, pushImage } from "./registry";

/** What the command line says besides the data: what only other commands could tell. */
export interface Told {
  readonly images: readonly string[];
  readonly reference?: string;
}

type Data = WorkspaceData & BuildData & PushData & PullData & ArtefactsData;
type Work = (data: Data, told: Told, following: Following) => Promise<object | undefined>;

/** The pieces of work by the words that name them. */
export const works: Readonly<Record<string, Work>> = {
  copy: (data, _, following) => copyWorkspace(data, following),
  build: (data, _, following) => buildImage(data, following),
  push: (data, { images: [id] }, following) => pushImage(data, id, following),
  pull: (data, { reference = "" }, following) => pullImage(data, reference, following),
  fetch: (data, { images }, following) => fetchArtefacts(data, images, following),
  "remove workspace": async (data, _, following) => {
    await operationsOn(data, following).removeWorkspace();
    return undefined;
  },
  "remove image": async (data, _, following) => {
    await operationsOn(data, following).removeImages(data.image, labelsOfImage(data));
    return undefined;
  },
  "remove artefacts": async (data) => {
    removeArtefacts(data);
    return undefined;
  },
};
