import { shownHeader } from '../load/options.ts';
import { GROUPS, SETTINGS, type Setting, tableAbove } from './setting.ts';
import type { Settings } from './settings.ts';

const HIDDEN = '***';
/** Longer values are cut where a message shows them. */
const SHOWN_LENGTH = 80;
/** Names of query parameters that carry credentials. */
const CREDENTIAL = /key(id)?$|token|secret|passw|credential|signature|^sig$|^auth/i;

/** Settings as records and screens may keep them: secrets, and credentials within URLs, are `***`. */
export function redact(settings: Settings): Record<string, unknown> {
  return redactBelow(settings, []) as Record<string, unknown>;
}

/**
 * Arguments as records and screens may keep them. Of a `--set` only what is known to be no secret is shown: a mistyped
 * path may well carry a key.
 */
export function redactArguments(argv: readonly string[]): string[] {
  return argv.map((argument, index) => {
    if (argv[index - 1] === '--set') return redactAssignment(argument);
    if (argv[index - 1] === '--variant') return redactVariant(argument);
    if (argument.startsWith('--variant='))
      return `--variant=${redactVariant(argument.slice('--variant='.length))}`;
    if (argument.startsWith('--set=')) return `--set=${redactAssignment(argument.slice('--set='.length))}`;
    const [, option = '', value = argument] = /^(--[\w-]+=)(.*)$/s.exec(argument) ?? [];
    return `${option}${maskCredentials(value)}`;
  });
}

/**
 * A setting's value for a message, on one line: a secret is hidden, a long one cut, and of a list or a table only its
 * being one is said, for wrong indentation can put a secret into it.
 */
export function showValue(setting: Setting, value: unknown): string {
  if (setting.secret) return HIDDEN;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a table';
  const text = typeof value === 'string' ? JSON.stringify(maskCredentials(value)) : String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH - 1)}…` : text;
}

/**
 * The text with the credentials of its URLs as `***`: what stands before the @, and parameters that are named like a
 * key. Where a password breaks the URL (an unescaped slash), everything up to the last @ counts as one.
 */
export function maskCredentials(text: string): string {
  const isUrl = /^["'\s]*[a-z][a-z\d+.-]*:\/\//i.test(text);
  // Free text is masked word by word, while in a value that is one URL a password may hold blanks.
  const [addresses, parameters] = isUrl
    ? [/(:\/\/)([^/].*@)/gs, /([?&#])([^=&#]+)=([^&#]*)/gs]
    : [/(:\/\/)([^/\s]\S*@)/g, /([?&#])([^=&#\s]+)=([^&#\s]*)/g];
  const masked = text
    .replaceAll(addresses, (found, before: string, credentials: string) =>
      /:|^[^/?#]*$/.test(credentials) ? `${before}${HIDDEN}@` : found,
    )
    .replaceAll(parameters, (found, before: string, name: string) =>
      CREDENTIAL.test(name) ? `${before}${name}=${HIDDEN}` : found,
    );
  return maskUserInfo(masked);
}

/** A URL parser also takes forms that no pattern would expect: `https:user:password@host`. */
function maskUserInfo(text: string): string {
  if (!URL.canParse(text)) return text;
  const url = new URL(text);
  if (url.username === '' && url.password === '') return text;
  url.username = HIDDEN;
  url.password = '';
  return url.href;
}

function redactBelow(value: unknown, names: readonly string[]): unknown {
  // A variant has settings of its own below its name.
  const path = (names[0] === 'variants' ? names.slice(2) : names).join('.');
  if (path === 'target.headers' || path === 'target.env') return redactVariables(value);
  if (SETTINGS.get(path)?.secret && value !== undefined) return HIDDEN;
  if (typeof value === 'string') return maskCredentials(value);
  if (Array.isArray(value)) return value.map((item) => redactBelow(item, []));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, redactBelow(inner, [...names, name])]),
  );
}

/** The names of headers and of environment variables, and where their values come from: a reference to a variable is no secret, what it stands for is. */
function redactVariables(headers: unknown): unknown {
  if (typeof headers !== 'object' || headers === null) return HIDDEN;
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, shownHeader(String(value))]),
  );
}

/** `name:path=value,path=value`, or known names. */
function redactVariant(spec: string): string {
  const colon = spec.indexOf(':');
  if (colon === -1) return spec;
  const settings = spec.slice(colon + 1).split(/,(?=\s*[A-Za-z][\w.]*=)/);
  return `${spec.slice(0, colon)}:${settings.map(redactAssignment).join(',')}`;
}

function redactAssignment(assignment: string): string {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, equals).trim();
  const setting = SETTINGS.get(path) ?? tableAbove(path)?.table;
  if (setting !== undefined && !setting.secret) {
    return `${path}=${maskCredentials(assignment.slice(equals + 1))}`;
  }
  return setting !== undefined || GROUPS.has(path) ? `${path}=${HIDDEN}` : HIDDEN;
}
