import type { Image } from "../images/image";

/** What a container runs: the part of it that its spec does not say. */
export interface Run {
  image: Image;
  /** Instead of the image's own command. */
  command?: string[];
  /** Environment variables. Not for secrets: `docker inspect` shows them. */
  environment?: Record<string, string>;
  /** Files written into it before it starts: content by path. Not for secrets, either: the state holds them. */
  files?: Record<string, string>;
  /** User, or user and group, that it runs as instead of the image's own: `www-data`, `1000:1000`. */
  user?: string;
  /** The account that a Windows container acts as: `file://webapp01.json`. */
  credentialSpec?: string;
}
