import { messageOf } from '../../kernel/errors.ts';
import type { DocumentFailure } from './source.ts';

/** The failure for a file or folder that the system would not read. */
export function unreadable(path: string, name: string, cause: unknown): DocumentFailure {
  return {
    id: name,
    code: 'document.unreadable',
    message: `${path}: could not be read: ${messageOf(cause)}`,
  };
}
