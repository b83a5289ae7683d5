import { sha256 } from '../../kernel/digest.ts';
import type { LoggedFields } from './fields.ts';

/** Characters of a question that are shown, where text may be shown at all. */
export const SHOWN_CHARACTERS = 100;

/** A question as a log tells it: by its hash and length, and by its first characters where `content` allows that. */
export function questionFields(question: string, content: boolean): LoggedFields {
  return {
    query_sha256: sha256(question),
    query_chars: question.length,
    ...(content && { query: question.slice(0, SHOWN_CHARACTERS) }),
  };
}
