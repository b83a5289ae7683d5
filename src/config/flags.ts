import { type Layer, mergeLayers, readSettings } from './layers.ts';
import { SETTINGS } from './setting.ts';

/** `path=value`, and as what a message names the giver: `--set`, or a flag that stands for one setting. */
export interface Assignment {
  readonly by: string;
  readonly text: string;
}

/** The settings that flags give, of which the last one counts. */
export function readAssignments(assignments: readonly Assignment[]): Layer {
  return mergeLayers(assignments.map(readAssignment));
}

function readAssignment({ by, text }: Assignment): Layer {
  const equals = text.indexOf('=');
  const path = text.slice(0, equals).trim();
  // What stands in its place is not repeated: it may be a key.
  if (equals === -1 || path === '') {
    return { given: [], problems: [`${by}: must be path=value, such as ${by} retrieval.topK=10`] };
  }
  return readSettings(parseValue(text.slice(equals + 1), path), path.split('.'), () => ({
    source: 'flag',
    label: by,
  }));
}

/** JSON where it is JSON, else text. Numbers and switches stay text, which every setting of theirs reads; a model may be named 4. */
function parseValue(text: string, path: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    const isPlain = typeof value === 'number' || typeof value === 'boolean';
    return isPlain && SETTINGS.has(path) ? text : value;
  } catch {
    return text;
  }
}
