import { sha256 } from '../../kernel/digest.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

/** Nothing may be fetched, and of style and script only the page's own, told by its hash, may apply. */
export function contentSecurityPolicy(): string {
  const source = (text: string): string => `'sha256-${Buffer.from(sha256(text), 'hex').toString('base64')}'`;
  return `default-src 'none'; style-src ${source(STYLE)}; script-src ${source(SCRIPT)}; base-uri 'none'; form-action 'none'`;
}
