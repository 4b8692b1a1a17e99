/** The rules of tags that the model does not state: AWS tagging user guide, "Tag naming limits and requirements". */
import { invalidMember } from '../errors.ts';

/** How many tags a resource may have. */
const maxTags = 50;

/** Checks the tags that a resource is to have. Throws ValidationException for more than 50, or a key that begins with `aws:`. */
export function parseTags(tags: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const keys = Object.keys(tags);
  if (keys.length > maxTags || keys.some((key) => /^aws:/i.test(key))) throw invalidMember('tags');
  return tags;
}
