import type { SyntaxNode } from '@lezer/common';
import { parser } from '@prometheus-io/lezer-promql';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A series that a query asks for. */
export interface Selector {
  /** Empty where a query selects by labels alone. */
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** The function that its range is handed to; undefined where it has no range. */
  readonly over: string | undefined;
  /** The window, as written. */
  readonly range: string | undefined;
}

export interface Grouping {
  readonly labels: readonly string[];
  /** Series below the aggregation. */
  readonly metrics: readonly string[];
}

export interface ParsedQuery {
  /** Offsets at which the grammar does not take it. */
  readonly errors: readonly number[];
  readonly selectors: readonly Selector[];
  /** Aggregations by labels. */
  readonly groupings: readonly Grouping[];
}

/** Reads a query by Prometheus' own grammar, as its web page does. Variables of Grafana have to be substituted before. */
export function parseQuery(query: string): ParsedQuery {
  const errors: number[] = [];
  const selectors: Selector[] = [];
  const groupings: Grouping[] = [];
  parser.parse(query).iterate({
    enter({ node }) {
      if (node.type.isError) errors.push(node.from);
      if (node.name === 'VectorSelector') selectors.push(selectorAt(node, query));
      if (node.name === 'AggregateExpr') groupings.push(...groupingAt(node, query));
    },
  });
  return { errors, selectors, groupings };
}

function selectorAt(node: SyntaxNode, query: string): Selector {
  const name = node.getChild('Identifier');
  const matrix = node.parent?.name === 'MatrixSelector' ? node.parent : undefined;
  const duration = matrix?.getChild('DurationExpr');
  return {
    metric: name === null ? '' : textOf(name, query),
    matchers: matchersOf(node, query),
    over: matrix === undefined ? undefined : functionAround(matrix, query),
    range: duration == null ? undefined : textOf(duration, query),
  };
}

function matchersOf(node: SyntaxNode, query: string): Matcher[] {
  const list = node.getChild('LabelMatchers');
  if (list === null) return [];
  return list.getChildren('UnquotedLabelMatcher').flatMap((matcher) => {
    const [label, op, value] = ['LabelName', 'MatchOp', 'StringLiteral'].map((name) =>
      matcher.getChild(name),
    );
    if (label == null || op == null || value == null) return [];
    return [
      {
        label: textOf(label, query),
        op: textOf(op, query) as Matcher['op'],
        value: unquoted(textOf(value, query)),
      },
    ];
  });
}

function functionAround(node: SyntaxNode, query: string): string | undefined {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.name !== 'FunctionCall') continue;
    const name = at.getChild('FunctionIdentifier');
    return name === null ? undefined : textOf(name, query);
  }
  return undefined;
}

function groupingAt(node: SyntaxNode, query: string): Grouping[] {
  const modifier = node.getChild('AggregateModifier');
  if (modifier?.getChild('By') == null) return [];
  const labels = (modifier.getChild('GroupingLabels')?.getChildren('LabelName') ?? []).map((label) =>
    textOf(label, query),
  );
  const metrics: string[] = [];
  node.cursor().iterate((below) => {
    if (below.name === 'VectorSelector') metrics.push(selectorAt(below.node, query).metric);
  });
  return [{ labels, metrics }];
}

const textOf = ({ from, to }: SyntaxNode, query: string): string => query.slice(from, to);

function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  return text.startsWith('`') ? inner : inner.replace(/\\(.)/g, '$1');
}
