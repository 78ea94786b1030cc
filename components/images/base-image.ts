/**
 * What the labs' own images start from: the official Debian image, pinned to what the tag was when it was last looked
 * at. The digest is that of the index of all architectures.
 */
export const BASE_IMAGE =
  "debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716";

/** Takes its place on an engine that no registry could be reached from: made of the same Debian's packages. */
export const BASE_IMAGE_STAND_IN = "container-network-labs/debian:bookworm-slim";
