import { expect } from 'vitest';

const VOID = new Set(['meta', 'link', 'br', 'hr', 'img', 'input']);

export interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** The page with its style and script emptied. */
export function withoutCode(page: string): string {
  return page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '<$1></$1>');
}

/** The opening tags of a page, in order; fails when they are not closed in order, or when one is malformed. */
export function tagsOf(page: string): Tag[] {
  const tags: Tag[] = [];
  const open: string[] = [];
  const content = withoutCode(page).replace(/^<!doctype html>/, '');
  for (const [tag, slash, name = '', attributes = '', selfClosed] of content.matchAll(
    /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][\w-]*(?:="[^"<]*")?)*)\s*(\/?)>|</g,
  )) {
    // A page has tens of thousands of tags: `expect` is called only to tell of what is wrong.
    if (tag === '<') expect(tag).not.toBe('<');
    if (slash) {
      const opened = open.pop();
      if (opened !== name) expect(opened).toBe(name);
    } else {
      const pairs = [...attributes.matchAll(/([a-zA-Z][\w-]*)(?:="([^"]*)")?/g)];
      tags.push({ name, attributes: Object.fromEntries(pairs.map((pair) => [pair[1]!, pair[2] ?? ''])) });
      if (!selfClosed && !VOID.has(name)) open.push(name);
    }
  }
  expect(open).toEqual([]);
  return tags;
}

export function valuesOf(tags: readonly Tag[], attribute: string): string[] {
  return tags.flatMap(({ attributes }) => attributes[attribute] ?? []);
}
