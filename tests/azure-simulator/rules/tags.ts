import type { Located } from "../types/bodies";
import { learn, onPut, type Request, type Rule } from "./rule";

const TAG_LIMITS = learn("azure/azure-resource-manager/management/tag-resources#limitations");
const TAGS = 50;
const NAME_LENGTH = 512;
const VALUE_LENGTH = 256;

function tagsOf({ body }: Request<Located>): [string, string][] {
  return Object.entries(body.tags ?? {});
}

/** Tags: 50 of them, names to 512 characters and values to 256. */
export const tags: readonly Rule[] = [
  onPut<Located>(
    "too-many-tags",
    "*",
    {
      status: 400,
      code: "TooManyTags",
      refuses: `more than ${TAGS} tags`,
      known: "limit",
      reference: TAG_LIMITS,
    },
    (request) => {
      const { length } = tagsOf(request);
      return length > TAGS ? `The resource has ${length} tags, more than the limit of ${TAGS}.` : undefined;
    },
  ),
  onPut<Located>(
    "tag-name-too-long",
    "*",
    {
      status: 400,
      code: "TagNameTooLong",
      refuses: `a tag's name over ${NAME_LENGTH} characters`,
      known: "limit",
      reference: TAG_LIMITS,
    },
    (request) => {
      const long = tagsOf(request).find(([name]) => name.length > NAME_LENGTH);
      return long && `The tag name '${long[0].slice(0, 20)}…' exceeds the limit of ${NAME_LENGTH} characters.`;
    },
  ),
  onPut<Located>(
    "tag-value-too-long",
    "*",
    {
      status: 400,
      code: "InvalidTagValueLength",
      refuses: `a tag's value over ${VALUE_LENGTH} characters`,
      known: "limit",
      reference: TAG_LIMITS,
    },
    (request) => {
      const long = tagsOf(request).find(([, value]) => value.length > VALUE_LENGTH);
      return long && `The value of tag '${long[0]}' exceeds the limit of ${VALUE_LENGTH} characters.`;
    },
  ),
  onPut<Located>(
    "tag-name-characters",
    "*",
    {
      status: 400,
      code: "InvalidTagNameCharacters",
      refuses: "a tag's name with one of < > % & \\ ? /",
      known: "recalled",
      reference: TAG_LIMITS,
    },
    (request) => {
      const wrong = tagsOf(request).find(([name]) => /[<>%&\\?/]/.test(name));
      return wrong && `The tag names '${wrong[0]}' have reserved characters '<,>,%,&,\\,?,/' or control characters.`;
    },
  ),
];
