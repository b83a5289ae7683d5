import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { GroundspeedError, messageOf } from '../../../kernel/errors.ts';

/**
 * The certificates that are trusted where the description names some of its own (PEM): those, besides the usual ones.
 * Undefined where it does not.
 *
 * @throws GroundspeedError target.description where the file cannot be read
 */
export function authoritiesIn(caFile: string | undefined): string[] | undefined {
  if (caFile === undefined) return undefined;
  try {
    return [...rootCertificates, readFileSync(caFile, 'utf8')];
  } catch (cause) {
    throw new GroundspeedError('target.description', `Cannot read ${caFile}: ${messageOf(cause)}`, {
      where: 'target.tls.caFile',
      hint: 'It holds certificates in PEM form.',
      cause,
    });
  }
}
