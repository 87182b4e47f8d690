// What the way back through a cell computes when: some of it depends on no gradient, and so not on later steps.
import { type Cell, type CellGradient, isSum } from '@secateur/kernels';

/** A gradient that is another one times a factor that is known beforehand, or stands for itself. */
export interface Factored {
  /** The node of the gradient. */
  readonly from: number;
  /** The node of the factor, which differs from step to step. */
  readonly factor?: number;
}

/** The order of the work of a repetition. */
export interface BackPlan {
  /** The products, in the order in which they are gone back through. */
  readonly products: readonly {
    /** The node that it read. */
    readonly read: number;
    readonly blocks: string;
    /** The leaf of the gradient that comes back through it. */
    readonly back: number;
    /** By block, the gradient of the recurrent part. */
    readonly slopes: ReadonlyMap<string, Factored>;
    /** Whether all of them have factors, so that one product does for all blocks. */
    readonly together: boolean;
  }[];
  /** By block, the gradient of its input part, where that is not the gradient of its recurrent part. */
  readonly apart: ReadonlyMap<string, Factored>;
  /** By name. */
  readonly parameters: ReadonlyMap<string, Factored>;
  /** The nodes that steps read and do not compute: the same at all steps, and others. */
  readonly given: { readonly constant: readonly number[]; readonly varying: readonly number[] };
  /** By state, the leaf of the gradient after a step. */
  readonly upstream: ReadonlyMap<string, number>;
}

const plans = new WeakMap<CellGradient, BackPlan>();

/** Plans the way back through a cell; it is done once. */
export function backPlan(cell: Cell, gradient: CellGradient): BackPlan {
  const plan = plans.get(gradient) ?? derive(cell, gradient);
  plans.set(gradient, plan);
  return plan;
}

function derive(cell: Cell, gradient: CellGradient): BackPlan {
  const { nodes, stages } = gradient;
  const depends: boolean[] = [];
  const varies: boolean[] = [];
  nodes.forEach(({ op, args }) => {
    depends.push(op === 'upstream' || op === 'back' || args.some((arg) => depends[arg]));
    varies.push(op === 'state' || isSum(op) || args.some((arg) => varies[arg]));
  });
  const factored = (at: number): Factored => {
    const { op, args } = nodes[at]!;
    const [a, b] = args as [number, number];
    return op === 'mul' && depends[a] && !depends[b] && varies[b]
      ? { from: a, factor: b }
      : { from: at };
  };
  const blocks = stages.flatMap((stage) => Object.entries(stage.blocks));
  const products = cell.stages.toReversed().flatMap((stage) =>
    stage.products.map(({ read, blocks: own }) => {
      const nodeOf = new Map(blocks.map(([name, { recurrent }]) => [name, recurrent!]));
      const each = [...own].map((name) => [name, factored(nodeOf.get(name)!)] as const);
      const together = each.every(([, { factor }]) => factor !== undefined);
      return {
        read,
        blocks: own,
        together,
        back: nodes.findIndex(({ op, name }) => op === 'back' && name === own),
        slopes: new Map(
          together ? each : each.map(([name]) => [name, { from: nodeOf.get(name)! }]),
        ),
      };
    }),
  );
  const apart = blocks.flatMap(([name, { input, recurrent }]) =>
    input === undefined || input === recurrent ? [] : [[name, factored(input)] as const],
  );
  const parameters = Object.entries(gradient.parameters).map(
    ([name, at]) => [name, factored(at)] as const,
  );
  const met = new Set<number>();
  const need = (at: number): void => {
    if (met.has(at)) return;
    met.add(at);
    if (depends[at]) nodes[at]!.args.forEach(need);
  };
  const wanted = [...products.flatMap(({ slopes }) => [...slopes]), ...apart, ...parameters];
  for (const [, { from }] of wanted) need(from);
  Object.values(gradient.states).forEach(need);
  const known = [...met].filter((at) => !depends[at]);
  return {
    products,
    apart: new Map(apart),
    parameters: new Map(parameters),
    given: {
      constant: known.filter((at) => !varies[at]),
      varying: known.filter((at) => varies[at]),
    },
    upstream: new Map(
      nodes.flatMap(({ op, name = '' }, at) => (op === 'upstream' ? [[name, at] as const] : [])),
    ),
  };
}
