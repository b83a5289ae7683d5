import { canonicalJson } from '../../kernel/digest.ts';
import type { Metadata } from '../ports.ts';

/**
 * Whether a document's metadata hold what the filter asks for. Every field must match: a plain value by equality, a
 * list by any of its items. A list in the metadata matches when any of its items does. A field that the metadata
 * lack, or that the filter gives as undefined or as an empty list, matches nothing: a filter whose value went missing
 * must not show everything. The empty filter matches every document.
 */
export function compileMetadataFilter(filter: Metadata): (metadata: Metadata) => boolean {
  const fields = Object.entries(filter).map(([name, wanted]) => ({ name, accepted: comparable(wanted) }));
  return (metadata) =>
    fields.every(({ name, accepted }) => {
      if (!Object.hasOwn(metadata, name)) return false;
      for (const value of comparable(metadata[name])) if (accepted.has(value)) return true;
      return false;
    });
}

/** The value, or a list's items, such that equal ones are the same: objects as canonical JSON behind a mark no string bears. */
function comparable(value: unknown): ReadonlySet<unknown> {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Set(
    items
      .filter((item) => item !== undefined)
      .map((item) => (item !== null && typeof item === 'object' ? `\u0000${canonicalJson(item)}` : item)),
  );
}
