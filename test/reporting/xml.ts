import { expect } from 'vitest';

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
  text: string;
}

const TAG =
  /<(\/?)([A-Za-z][\w.-]*)((?:\s+[A-Za-z][\w.-]*="[^"<]*")*)\s*(\/?)>|<\?xml [^?]*\?>|[<>]|[^<>]+/gu;

/** A strict reader of the XML that is made here: elements, attributes, text, numbered references. Fails on all else. */
export function parseXml(document: string): XmlElement {
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  for (const [token, slash, name, attributes = '', closed] of document.matchAll(TAG)) {
    const parent = open.at(-1)!;
    expect(['<', '>']).not.toContain(token);
    if (name === undefined) {
      if (!token.startsWith('<?xml')) parent.text += decoded(token);
    } else if (slash) expect(open.pop()!.name).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/([A-Za-z][\w.-]*)="([^"]*)"/gu)];
      expect(new Set(pairs.map(([, key]) => key)).size).toBe(pairs.length);
      const values = Object.fromEntries(pairs.map(([, key, value]) => [key!, decoded(value!)]));
      const element = { name, attributes: values, children: [], text: '' };
      parent.children.push(element);
      if (!closed) open.push(element);
    }
  }
  expect(open).toEqual([top]);
  expect(top.children).toHaveLength(1);
  expect(top.text.trim()).toBe('');
  return top.children[0]!;
}

function decoded(text: string): string {
  expect(text.replace(/&#\d+;/g, '')).not.toContain('&');
  return text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
