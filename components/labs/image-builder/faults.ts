import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { located } from "../../hosts/located";
import type { Fault } from "../../settings/fault";
import { repeats } from "../../settings/cross-checks/placed";
import type { HostOs, Place } from "../lab";
import { argumentFor, circleAmong } from "./order";
import { sourceOf } from "./plan";
import type { ImageBuilderSettings } from "./settings";

/** What is wrong beyond the schema and beyond the rules that hold for every lab. Keys are below the lab. */
export function faults(settings: ImageBuilderSettings, os: HostOs, place: Place): Fault[] {
  return [
    ...serverFaults(settings, os, place),
    ...workspaceFaults(settings, os),
    ...nameFaults(settings),
    ...argumentFaults(settings),
    ...registryFaults(settings),
    ...artefactFaults(settings, os),
    ...runFaults(settings),
  ];
}

function serverFaults({ server, registry }: ImageBuilderSettings, os: HostOs, { host, hosts }: Place): Fault[] {
  if (server === undefined || server === host) {
    return [];
  }
  const found = hosts.find(({ name }) => name === server);
  const names = hosts.map(({ name }) => name).join(", ");
  const refuse = (allowed: string, cure: string): Fault[] => [{ key: "server", value: server, allowed, cure }];
  if (found === undefined) {
    return refuse(
      `a host of the environment: ${names}`,
      "name one of them, or remove it to build where the image runs",
    );
  }
  if (found.os !== os) {
    return refuse(`a host for ${os} containers, as "${host}" is`, "name another, or place the lab on another host");
  }
  return registry === undefined
    ? refuse(
        `"${host}", the host that the image runs on, where there is no registry`,
        "say a registry, from which that host can get the image, or remove it to build where the image runs",
      )
    : [];
}

function workspaceFaults({ workspace, images }: ImageBuilderSettings, os: HostOs): Fault[] {
  const folder = located(workspace);
  if (!isFolder(folder)) {
    const cure = "name the folder that has the Dockerfiles; a path that is not absolute begins at this project";
    return [{ key: "workspace", value: workspace, allowed: "a folder of this machine", cure }];
  }
  return images.flatMap((image, i) => {
    const { context, dockerfile } = sourceOf(image, os);
    if (!isFolder(join(folder, context))) {
      const cure = `name one that ${workspace} has`;
      return [{ key: `images[${i}].context`, value: context, allowed: "a folder of the workspace", cure }];
    }
    return existsSync(join(folder, dockerfile))
      ? []
      : [
          {
            key: `images[${i}].dockerfile`,
            value: dockerfile,
            allowed: "a file of the workspace",
            cure: `write the file, or name another; the workspace is ${workspace}`,
          },
        ];
  });
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function nameFaults({ images }: ImageBuilderSettings): Fault[] {
  const names = images.map(({ name }) => name);
  const circle = circleAmong(images);
  return [
    ...repeats(
      names.map((name, i) => ({ name, i })),
      ({ name }) => name,
    ).map(({ item: { name, i } }) => ({
      key: `images[${i}].name`,
      value: name,
      allowed: "a name that no other image has",
      cure: "choose another",
    })),
    ...images.flatMap(({ after }, i) =>
      after
        .filter((name) => !names.includes(name))
        .map((name) => ({
          key: `images[${i}].after`,
          value: name,
          allowed: `names of images: ${names.join(", ")}`,
          cure: "name one of them, or remove it",
        })),
    ),
    ...(circle === undefined
      ? []
      : [
          {
            key: "images",
            value: circle,
            allowed: "images that can be built one after the other",
            cure: "take one of them out of an after: each waits for the next",
          },
        ]),
  ];
}

function argumentFaults({ images }: ImageBuilderSettings): Fault[] {
  return images.flatMap(({ arguments: given, labels, after }, i) => {
    const taken = new Map([["BUILD_ID", "the id of the build"], ...after.map(pair)]);
    return [
      ...Object.keys(given)
        .filter((name) => taken.has(name))
        .map((name) => ({
          key: `images[${i}].arguments.${name}`,
          value: given[name],
          allowed: "arguments that the program does not give itself",
          cure: `choose another name: ${name} is ${taken.get(name)}`,
        })),
      ...Object.keys(labels)
        .filter((name) => name.startsWith("container-network-labs."))
        .map((name) => ({
          key: `images[${i}].labels`,
          value: name,
          allowed: "labels that do not begin with container-network-labs.",
          cure: "choose another name: by these the program finds what is its own",
        })),
    ];
  });
}

function pair(name: string): [string, string] {
  return [argumentFor(name), `image ${name}, which it comes after`];
}

function registryFaults({ registry }: ImageBuilderSettings): Fault[] {
  if (registry === undefined) {
    return [];
  }
  const { password, passwordPath, caPath } = registry;
  const missing = (key: "passwordPath" | "caPath", path: string | undefined): Fault[] =>
    path === undefined || existsSync(located(path))
      ? []
      : [
          {
            key: `registry.${key}`,
            value: path,
            allowed: "a file of this machine",
            cure: "write the file, or name another",
          },
        ];
  return [
    ...((password === undefined) === (passwordPath === undefined)
      ? [
          {
            key: "registry.passwordPath",
            value: passwordPath,
            allowed: "just one of password and passwordPath",
            cure: password === undefined ? "say one of them" : "remove one of them",
          },
        ]
      : []),
    ...missing("passwordPath", passwordPath),
    ...missing("caPath", caPath),
  ];
}

const absolute: Readonly<Record<HostOs, RegExp>> = { linux: /^\/./, windows: /^(?:[A-Za-z]:)?[\\/]./ };

function artefactFaults({ artefacts, images }: ImageBuilderSettings, os: HostOs): Fault[] {
  const named = artefacts.map((artefact, i) => ({ i, name: artefactName(artefact) }));
  return [
    ...artefacts.flatMap(({ image, from, path }, i): Fault[] => {
      const its = images.find(({ name }) => name === image);
      const key = `artefacts[${i}]`;
      if (its === undefined) {
        const allowed = `a name of an image: ${images.map(({ name }) => name).join(", ")}`;
        return [{ key: `${key}.image`, value: image, allowed, cure: "name one of them" }];
      }
      if (from === "workspace" && its.check.length === 0) {
        const cure = "give the image a check, which leaves it there, or write from: image";
        return [{ key: `${key}.from`, value: from, allowed: "image, where the image has no check", cure }];
      }
      const isAbsolute = absolute[os].test(path);
      const climbs = path.split(/[\\/]/).includes("..");
      return climbs || isAbsolute !== (from === "image")
        ? [
            {
              key: `${key}.path`,
              value: path,
              allowed: `${from === "image" ? "an absolute path inside the image" : "a path below the workspace"}, without ..`,
              cure: from === "image" ? "write it from the root on" : "write it as it is below the workspace",
            },
          ]
        : [];
    }),
    ...named.flatMap(({ i, name }) =>
      named.slice(0, i).some((other) => within(name, other.name) || within(other.name, name))
        ? [
            {
              key: `artefacts[${i}].to`,
              value: name,
              allowed: "a name that no other artefact has, and not below one",
              cure: "say another name",
            },
          ]
        : [],
    ),
  ];
}

/** What an artefact is called here. */
export function artefactName({ path, to }: { readonly path: string; readonly to?: string }): string {
  return to ?? path.split(/[\\/]/).filter(Boolean).at(-1)!;
}

function within(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function runFaults({ run, images }: ImageBuilderSettings): Fault[] {
  return run.image === undefined || images.some(({ name }) => name === run.image)
    ? []
    : [
        {
          key: "run.image",
          value: run.image,
          allowed: `a name of an image: ${images.map(({ name }) => name).join(", ")}`,
          cure: "name one of them, or remove it to run the last",
        },
      ];
}
