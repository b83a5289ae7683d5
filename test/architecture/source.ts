import { posix } from 'node:path';
import { type Node, parseSync } from 'oxc-parser';

export interface Import {
  /** As it is written; undefined where it is computed. */
  readonly specifier: string | undefined;
  /** The file below src/ that it names; undefined for packages. */
  readonly target: string | undefined;
  /** `thread`: a file that a worker thread starts from. */
  readonly kind: 'value' | 'type' | 'thread';
  readonly line: number;
}

/** A name that stands for a value and is not declared where it stands as such: `Math`, with what is asked of it. */
export interface Reference {
  readonly name: string;
  /** `random` in `Math.random`; undefined for the bare name, or where it is computed. */
  readonly member: string | undefined;
  /** Whether it is made with arguments: `new Date(0)`. */
  readonly made: boolean;
  readonly line: number;
}

export interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  readonly references: readonly Reference[];
}

/** TypeScript's nodes that wrap a value; all its others are types, and gone when the code runs. */
const WRAPPERS = new Set([
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSNonNullExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
]);

/** Reads the imports of a file and the names it uses. `path` is relative to src/. */
export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const imports: Import[] = [];
  const references: Reference[] = [];
  const lineOf = ({ start }: Node) => text.slice(0, start).split('\n').length;

  const visit = (node: Node, parents: readonly Node[], inType: boolean): void => {
    const found = importOf(node);
    if (found !== undefined) {
      imports.push({ ...found, target: resolve(path, found.specifier), line: lineOf(node) });
    }
    if (node.type === 'Identifier' && !inType && isReference(node, parents.at(-1)!)) {
      references.push({ name: node.name, ...useOf(node, parents.at(-1)!), line: lineOf(node) });
    }
    const type = inType || (node.type.startsWith('TS') && !WRAPPERS.has(node.type));
    for (const child of childrenOf(node)) visit(child, [...parents, node], type);
  };
  visit(program, [], false);
  return { path, imports, references };
}

function childrenOf(node: Node): Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => value !== null && typeof value === 'object' && 'type' in value);
}

function importOf(node: Node): Pick<Import, 'specifier' | 'kind'> | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
      return { specifier: node.source.value, kind: node.importKind === 'type' ? 'type' : 'value' };
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (!node.source) return undefined;
      return { specifier: node.source.value, kind: node.exportKind === 'type' ? 'type' : 'value' };
    case 'TSImportType':
      return { specifier: node.source.value, kind: 'type' };
    case 'ImportExpression':
      return { specifier: literal(node.source), kind: 'value' };
    case 'NewExpression':
      return isModuleUrl(node) ? { specifier: literal(node.arguments[0]!), kind: 'thread' } : undefined;
    default:
      return undefined;
  }
}

/** `new URL('./worker.js', import.meta.url)`. */
function isModuleUrl(node: Extract<Node, { type: 'NewExpression' }>): boolean {
  const [file, base] = node.arguments;
  const isUrl = node.callee.type === 'Identifier' && node.callee.name === 'URL';
  const ofModule = base?.type === 'MemberExpression' && base.object.type === 'MetaProperty';
  return isUrl && ofModule && /\.[jt]s$/.test(literal(file!) ?? '');
}

function literal(node: Node): string | undefined {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined;
}

function resolve(path: string, specifier: string | undefined): string | undefined {
  if (!specifier?.startsWith('.')) return undefined;
  return posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts');
}

/** Whether an identifier is a variable rather than the name of a member, or of what another file exports. */
function isReference(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case 'MemberExpression':
      return parent.computed || parent.property !== node;
    case 'Property':
    case 'MethodDefinition':
    case 'PropertyDefinition':
    case 'AccessorProperty':
      return parent.computed || parent.key !== node;
    case 'ImportSpecifier':
    case 'MetaProperty':
      return false;
    case 'ExportSpecifier':
      return parent.local === node;
    default:
      return true;
  }
}

function useOf(node: Node, parent: Node): Pick<Reference, 'member' | 'made'> {
  const isObject = parent.type === 'MemberExpression' && parent.object === node && !parent.computed;
  const member = isObject ? (parent.property as { name: string }).name : undefined;
  const [first] = parent.type === 'NewExpression' && parent.callee === node ? parent.arguments : [];
  return { member, made: first !== undefined && first.type !== 'SpreadElement' };
}
