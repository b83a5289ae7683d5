import { messageOf } from '../../kernel/errors.ts';
import type { DocumentFailure } from './source.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there (any more)',
  EACCES: 'it may not be read by this user; change its permissions',
  EPERM: 'it may not be read by this user; change its permissions',
  ELOOP: 'its symbolic links lead round in a circle',
};

/** The failure for a file or folder that the system would not read. */
export function unreadable(path: string, name: string, cause: unknown): DocumentFailure {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  return {
    id: name,
    code: 'document.unreadable',
    message: `${path}: could not be read: ${REASONS[code] ?? messageOf(cause)}`,
  };
}
