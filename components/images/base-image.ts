/** What the Linux images of the labs start from: Debian, pulled by digest. */
export const BASE_IMAGE =
  "debian:bookworm-slim@sha256:96e378d7e6531ac9a15ad505478fcc2e69f371b10f5cdf87857c4b8188404716";

/** The same made from Debian's packages, on engines from which no registry can be reached. */
export const BASE_IMAGE_STAND_IN = "container-network-labs/debian:bookworm-slim";
