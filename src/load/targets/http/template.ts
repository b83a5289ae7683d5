import { nearest } from '../../../text/nearest.ts';
import type { Json } from './expressions.ts';

/** What may stand in double braces in a URL or a body. */
export const PLACEHOLDERS = ['question', 'question_id', 'top_k', 'model', 'nonce'] as const;
export type Placeholder = (typeof PLACEHOLDERS)[number];

/** What placeholders stand for; undefined where there is nothing for one. */
export type Values = Readonly<Record<Placeholder, string | number | undefined>>;

const IN_BRACES = /\{\{([^{}]*)\}\}/g;
const ALONE = /^\{\{([^{}]*)\}\}$/;

/** What is wrong with the placeholders of a template, a line each. `path` is where the template stands. */
export function placeholderProblems(
  template: Json,
  path: string,
  filled: ReadonlySet<Placeholder>,
): string[] {
  return textsOf(template, path).flatMap(({ text, at }) =>
    namesIn(text).flatMap((name) => {
      if (!isPlaceholder(name)) return [`${at}: {{${name}}} is no placeholder; ${suggestion(name)}`];
      // Alone, it is left out with its field; within a text there would be a hole.
      if (filled.has(name) || ALONE.test(text)) return [];
      return [`${at}: {{${name}}} stands for nothing; set target.${name === 'top_k' ? 'topK' : name}`];
    }),
  );
}

/** The placeholders that a template holds. */
export function placeholdersIn(template: Json): ReadonlySet<Placeholder> {
  return new Set(textsOf(template, '').flatMap(({ text }) => namesIn(text).filter(isPlaceholder)));
}

/** The template with its placeholders filled in. A field that is nothing but a placeholder without value is left out. */
export function fillTemplate(template: Json, values: Values): Json {
  return fill(template, values) ?? null;
}

/** The text with its placeholders filled in, each of them as `encode` writes it. */
export function fillText(
  text: string,
  values: Values,
  encode: (value: string, name: Placeholder) => string = (value) => value,
): string {
  return text.replaceAll(IN_BRACES, (found, inner: string) => {
    const name = inner.trim();
    return isPlaceholder(name) ? encode(String(values[name] ?? ''), name) : found;
  });
}

function fill(template: Json, values: Values): Json | undefined {
  if (typeof template === 'string') {
    const name = ALONE.exec(template)?.[1]?.trim();
    return name !== undefined && isPlaceholder(name) ? values[name] : fillText(template, values);
  }
  if (Array.isArray(template)) return template.flatMap((item) => wrapped(fill(item, values)));
  if (template === null || typeof template !== 'object') return template;
  return Object.fromEntries(
    Object.entries(template).flatMap(([name, inner]) =>
      wrapped(fill(inner, values)).map((value): [string, Json] => [name, value]),
    ),
  );
}

const wrapped = (value: Json | undefined): Json[] => (value === undefined ? [] : [value]);

const isPlaceholder = (name: string): name is Placeholder =>
  (PLACEHOLDERS as readonly string[]).includes(name);

const namesIn = (text: string): string[] => [...text.matchAll(IN_BRACES)].map(([, inner]) => inner!.trim());

function suggestion(name: string): string {
  const meant = nearest(name, PLACEHOLDERS);
  return meant === undefined
    ? `there are ${PLACEHOLDERS.map((known) => `{{${known}}}`).join(', ')}`
    : `did you mean {{${meant}}}?`;
}

function textsOf(template: Json, path: string): { readonly text: string; readonly at: string }[] {
  if (typeof template === 'string') return [{ text: template, at: path }];
  if (template === null || typeof template !== 'object') return [];
  return Array.isArray(template)
    ? template.flatMap((item, index) => textsOf(item, `${path}[${index}]`))
    : Object.entries(template).flatMap(([name, inner]) => textsOf(inner, `${path}.${name}`));
}
