/** Finds its way in a JSON value: every leaf and every list, each with the JMESPath expression that leads there. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };
export type JsonLeaf = Exclude<Json, readonly Json[] | JsonObject>;

/** One step down: into an object, to an element by its place, or to the first or last element of a kind. */
export type Step =
  | { readonly key: string }
  | { readonly index: number }
  | { readonly where: string; readonly is: string; readonly take: 0 | -1 };

export interface Place<Value extends Json = Json> {
  readonly steps: readonly Step[];
  readonly value: Value;
}

export interface Places {
  readonly leaves: readonly Place<JsonLeaf>[];
  readonly lists: readonly Place<readonly Json[]>[];
  readonly objects: readonly Place<JsonObject>[];
}

/** Deeper, or past so many values, nothing is looked for: replies of real services are far smaller. */
const MAX_DEPTH = 12;
const MAX_VALUES = 20_000;

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/**
 * What stands in `root`. Of a list only its first element is entered, or where elements say of what kind they are (a
 * `type`, a `role`) one of each kind: the first of a type, the last of a role.
 */
export function placesIn(root: Json): Places {
  const leaves: Place<JsonLeaf>[] = [];
  const lists: Place<readonly Json[]>[] = [];
  const objects: Place<JsonObject>[] = [];
  let left = MAX_VALUES;
  const walk = (value: Json, steps: readonly Step[]): void => {
    left -= 1;
    if (left < 0 || steps.length > MAX_DEPTH) return;
    if (isList(value)) {
      lists.push({ steps, value });
      for (const step of stepsInto(value)) walk(take(value, step)!, [...steps, step]);
    } else if (isObject(value)) {
      objects.push({ steps, value });
      for (const [key, inner] of Object.entries(value)) walk(inner, [...steps, { key }]);
    } else {
      leaves.push({ steps, value });
    }
  };
  walk(root, []);
  return { leaves, lists, objects };
}

/** Words that a kind may be named by; anything else could not stand in an expression as it is. */
const PLAIN_WORD = /^[\w.:/-]{1,60}$/;
/** Keys by which the elements of a list say of what kind they are, and which element of a kind is the one to read. */
const KINDS = [
  { key: 'role', take: -1 },
  { key: 'type', take: 0 },
] as const;
/** LangChain's messages carry their role as a type. */
const ROLES_AS_TYPES = new Set([
  'human',
  'ai',
  'system',
  'tool',
  'assistant',
  'user',
  'AIMessage',
  'HumanMessage',
]);
const LOOKED_AT = 50;

function stepsInto(list: readonly Json[]): Step[] {
  const first: Step[] = list.length === 0 ? [] : [{ index: 0 }];
  for (const { key, take: which } of KINDS) {
    const kinds = new Set(list.slice(0, LOOKED_AT).map((item) => (isObject(item) ? item[key] : undefined)));
    if (kinds.size < 2) continue;
    const named = [...kinds].filter(
      (kind): kind is string => typeof kind === 'string' && PLAIN_WORD.test(kind),
    );
    if (named.length !== kinds.size) continue;
    return named.map((is) => ({ where: key, is, take: ROLES_AS_TYPES.has(is) ? -1 : which }));
  }
  return first;
}

function take(list: readonly Json[], step: Step): Json | undefined {
  if ('index' in step) return list.at(step.index);
  if (!('where' in step)) return undefined;
  const { where, is } = step;
  const found = list.filter((item) => isObject(item) && item[where] === is);
  return found.at(step.take);
}

/** The JMESPath expression for these steps; `@` is the value itself. */
export function expressionOf(steps: readonly Step[]): string {
  let text = '';
  for (const step of steps) {
    if ('key' in step) text += `${text === '' ? '' : '.'}${identifier(step.key)}`;
    else if ('index' in step) text += `[${step.index}]`;
    else text += `[?${identifier(step.where)}=='${step.is}'] | [${step.take}]`;
  }
  return text === '' ? '@' : text;
}

/** A name as JMESPath takes it: bare where it can be, else in double quotes as JSON writes them. */
export function identifier(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name);
}

/** The names on the way, without places in lists: `choices`, `message`, `content`. */
export function namesOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => ('key' in step ? [step.key] : []));
}

/** Whether the way to `inner` leads through `outer`. */
export function leadsThrough(inner: readonly Step[], outer: readonly Step[]): boolean {
  return outer.length <= inner.length && expressionOf(inner.slice(0, outer.length)) === expressionOf(outer);
}
