import { operatingSystem } from "../catalogue/images";
import type { OsProfile, ScaleSetBody } from "../types/bodies";
import { issue, learn, onPut, type Rule } from "./rule";

const SET = "Microsoft.Compute/virtualMachineScaleSets";
const OS_PROFILE = learn(
  "rest/api/compute/virtual-machine-scale-sets/create-or-update#virtualmachinescalesetosprofile",
);
const ERROR_MESSAGES = learn("azure/virtual-machines/windows/error-messages");
const CUSTOM_DATA = 87_380;

/** The names and the passwords that Microsoft.Compute refuses, as its API documentation lists them. */
const FORBIDDEN_USERS = [
  ...["administrator", "admin", "user", "user1", "test", "user2", "test1", "user3", "admin1", "1", "123", "a"],
  ...["actuser", "adm", "admin2", "aspnet", "backup", "console", "david", "guest", "john", "owner", "root", "server"],
  ...["sql", "support", "support_388945a0", "sys", "test2", "test3", "user4", "user5"],
];
const FORBIDDEN_PASSWORDS = [
  ...["abc@123", "P@$$w0rd", "P@ssw0rd", "P@ssword123", "Pa$$word", "pass@word1", "Password!", "Password1"],
  ...["Password22", "iloveyou!"],
];
const WINDOWS_NAME_CHARACTERS = "` ~ ! @ # $ % ^ & * ( ) = + _ [ ] { } \\ | ; : . ' \" , < > / ?";

type Facts = { readonly os?: "Windows" | "Linux"; readonly profile: OsProfile };

/** A rule on the OS profile of a new scale set or another one's change. */
function onOs(
  name: string,
  facts: Omit<Rule, "name" | "event" | "on" | "check">,
  check: (facts: Facts) => string | undefined,
) {
  return onPut<ScaleSetBody>(name, SET, facts, ({ body: { virtualMachineProfile } }) =>
    virtualMachineProfile?.osProfile === undefined
      ? undefined
      : check({ os: operatingSystem(virtualMachineProfile), profile: virtualMachineProfile.osProfile }),
  );
}

/** What a machine is told of itself: its names, its logins, its custom data. */
export const machineProfiles: readonly Rule[] = [
  onOs(
    "password-missing",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "Windows without a password",
      known: "recalled",
      reference: OS_PROFILE,
    },
    ({ os, profile }) =>
      os === "Windows" && profile.adminPassword === undefined
        ? "Required parameter 'adminPassword' is missing (null)."
        : undefined,
  ),
  onOs(
    "login-missing",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "Linux with neither a password nor an SSH key, or with passwords off and no key",
      known: "recalled",
      reference: OS_PROFILE,
    },
    ({ os, profile: { adminPassword, linuxConfiguration } }) => {
      const keys = linuxConfiguration?.ssh?.publicKeys ?? [];
      const byPassword = adminPassword !== undefined && linuxConfiguration?.disablePasswordAuthentication !== true;
      return os === "Linux" && keys.length === 0 && !byPassword
        ? "Authentication using either SSH or by user name and password must be enabled in Linux profile."
        : undefined;
    },
  ),
  onOs(
    "password-rules",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a password under 8 (Linux: 6) or over 123 (Linux: 72) characters, or with less than 3 of 4 classes",
      known: "message",
      reference: issue("redhat-developer/mapt", 405),
    },
    ({ os, profile: { adminPassword: password } }) => {
      const [shortest, longest] = os === "Windows" ? [8, 123] : [6, 72];
      const classes = [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z\d]/].filter((each) => each.test(password ?? "")).length;
      const holds =
        password === undefined ||
        (shortest <= password.length &&
          password.length <= longest &&
          classes >= 3 &&
          !/[\x00-\x1f\x7f]/.test(password));
      return holds
        ? undefined
        : `The supplied password must be between ${shortest}-${longest} characters long and must satisfy at least 3 of ` +
            "password complexity requirements from the following: 1) Contains an uppercase character 2) Contains a " +
            "lowercase character 3) Contains a numeric digit 4) Contains a special character 5) Control characters " +
            "are not allowed";
    },
  ),
  onOs(
    "password-forbidden",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a password of Azure's list",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    ({ profile: { adminPassword } }) =>
      FORBIDDEN_PASSWORDS.includes(adminPassword ?? "") ? "The Admin password specified is not allowed." : undefined,
  ),
  onOs(
    "user-name-forbidden",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "an administrator's name of Azure's list: admin, root, test, user …",
      known: "message",
      reference: issue("Azure/vagrant-azure", 225),
    },
    ({ profile: { adminUsername = "" } }) =>
      FORBIDDEN_USERS.includes(adminUsername.toLowerCase())
        ? "The Admin Username specified is not allowed."
        : undefined,
  ),
  onOs(
    "user-name-rules",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "an administrator's name over 20 (Linux: 64) characters, or of other characters",
      known: "message",
      reference: ERROR_MESSAGES,
    },
    ({ os, profile: { adminUsername: name = "" } }) => {
      if (os === "Windows") {
        return name.length >= 1 && name.length <= 20 && !/[\\/"[\]:|<>+=;,?*@&]|\.$/.test(name)
          ? undefined
          : "Windows admin user name cannot be more than 20 characters long, end with a period(.), or contain the " +
              "following characters: \\ / '' [ ] : | < > + = ; , ? * @ &.";
      }
      return /^[a-z_][a-z0-9_-]{0,63}$/i.test(name)
        ? undefined
        : "Linux admin user name must be 1 to 64 characters of letters, digits, hyphen and underscore, and begin with " +
            "a letter or an underscore.";
    },
  ),
  onOs(
    "computer-name-prefix-windows",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a Windows computer name prefix over 9 characters, of digits alone, or of other characters",
      known: "message",
      reference: learn("azure/virtual-machines/windows/error-messages"),
    },
    ({ os, profile: { computerNamePrefix: prefix } }) =>
      os !== "Windows" || (prefix !== undefined && /^(?!\d+$)[a-z0-9-]{1,9}$/i.test(prefix))
        ? undefined
        : "Windows computer name prefix cannot be more than 9 characters long, be entirely numeric, or contain the " +
          `following characters: ${WINDOWS_NAME_CHARACTERS}.`.replaceAll('"', "''"),
  ),
  onOs(
    "computer-name-prefix-linux",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: "a Linux host name prefix over 58 characters, or of other characters",
      known: "limit",
      reference: ERROR_MESSAGES,
    },
    ({ os, profile: { computerNamePrefix: prefix } }) =>
      os !== "Linux" || (prefix !== undefined && /^[a-z0-9]([a-z0-9.-]{0,57})$/i.test(prefix))
        ? undefined
        : "Linux host name cannot exceed 64 characters in length or contain the following characters: ` ~ ! @ # $ % ^ " +
          "& * ( ) = + _ [ ] { } \\ | ; : ' , < > / ?.",
  ),
  onOs(
    "custom-data",
    {
      status: 400,
      code: "InvalidParameter",
      refuses: `custom data that is not base64, or over ${CUSTOM_DATA} characters of it (64 KB)`,
      known: "message",
      reference: ERROR_MESSAGES,
    },
    ({ profile: { customData } }) =>
      customData === undefined ||
      (customData.length <= CUSTOM_DATA && /^([a-z0-9+/]{4})*([a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i.test(customData))
        ? undefined
        : `Custom data in OSProfile must be in Base64 encoding and with a maximum length of ${CUSTOM_DATA} characters.`,
  ),
];
