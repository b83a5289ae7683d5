import { KNOWN_VARIANTS, settingsOfKnown } from '../experiments/variants.ts';
import { GroundspeedError } from '../kernel/errors.ts';
import { nearest } from '../text/nearest.ts';

interface NamedVariant {
  readonly name: string;
  /** `path=value`; undefined for one of the configuration file. */
  readonly settings: readonly string[] | undefined;
}

/**
 * Variants that are asked for by `--variant`: names with commas between them, or `name:path=value,path=value`. Names are those
 * of the configuration file's variants, `ofFile`, and else the known ones.
 */
export function parseVariants(specs: readonly string[], ofFile: readonly string[] = []): NamedVariant[] {
  const variants = specs.flatMap((spec) => {
    const name = ofFile.find((own) => squash(own) === squash(spec));
    if (name !== undefined) return [{ name, settings: undefined }];
    return spec.includes(':') ? [ownVariant(spec)] : namedVariants(spec, ofFile);
  });
  const twice = variants.find(
    ({ name }, index) => variants.findIndex((other) => other.name === name) < index,
  );
  if (twice !== undefined) throw wrong(`There are two variants ${JSON.stringify(twice.name)}`);
  if (variants.length === 1) throw wrong('A single variant is compared with nothing', 'Name two, at least.');
  return variants;
}

/** A comma within a list (`["a","b"]`) parts no settings: only one that a path follows does. */
const BETWEEN_SETTINGS = /,(?=\s*[A-Za-z][\w.]*=)/;

function ownVariant(spec: string): NamedVariant {
  const colon = spec.indexOf(':');
  const name = spec.slice(0, colon).trim();
  const settings = spec
    .slice(colon + 1)
    .split(BETWEEN_SETTINGS)
    .map((setting) => setting.trim());
  if (!/^[\p{L}\p{N}][\p{L}\p{N} ._+-]{0,39}$/u.test(name)) {
    throw wrong(
      `A variant cannot be called ${JSON.stringify(name)}`,
      'Use letters, digits, . _ + - and at most 40.',
    );
  }
  if (settings.some((setting) => !/^[A-Za-z][\w.]*=/.test(setting))) {
    throw wrong(
      `The variant ${name} does not say what it sets`,
      `Write --variant ${name}:retrieval.topK=10,reranking.kind=mmr`,
    );
  }
  return { name, settings };
}

/** White space around commas and equals signs means nothing: a matrix writes "fusion=rrf, ef=64". */
const squash = (name: string): string => name.replaceAll(/\s*([,=])\s*/g, '$1').trim();

/** Names that a matrix makes hold commas themselves, so that the longest run of parts that is a name is taken for one. */
function namedVariants(spec: string, ofFile: readonly string[]): NamedVariant[] {
  const byName = new Map(ofFile.map((name) => [squash(name), name]));
  const parts = squash(spec).split(',');
  const found: NamedVariant[] = [];
  for (let from = 0; from < parts.length; ) {
    let to = parts.length;
    while (to > from && !byName.has(parts.slice(from, to).join(','))) to -= 1;
    if (to > from) {
      found.push({ name: byName.get(parts.slice(from, to).join(','))!, settings: undefined });
      from = to;
    } else {
      found.push(knownVariant(parts[from]!, ofFile));
      from += 1;
    }
  }
  return found;
}

/** So many names are listed where one is unknown. */
const LISTED = 12;

function knownVariant(name: string, ofFile: readonly string[]): NamedVariant {
  const settings = settingsOfKnown(name);
  if (settings !== undefined) return { name, settings };
  const meant = nearest(name, [...ofFile, ...KNOWN_VARIANTS]);
  const more = ofFile.length > LISTED ? ` and ${ofFile.length - LISTED} more` : '';
  const listed = ofFile.slice(0, LISTED).map((one) => JSON.stringify(one));
  const own = ofFile.length === 0 ? '' : `The configuration file has ${listed.join(', ')}${more}. `;
  throw wrong(
    `There is no variant ${JSON.stringify(name)}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    `${own}Known are ${KNOWN_VARIANTS.join(', ')}; one of your own is written name:path=value,path=value.`,
  );
}

function wrong(message: string, hint?: string): GroundspeedError {
  return new GroundspeedError('usage.argument', message, {
    where: '--variant',
    ...(hint !== undefined && { hint }),
  });
}
