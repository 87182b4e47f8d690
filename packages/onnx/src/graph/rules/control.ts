import type { Rule } from '../context.ts';
import { either } from '../cases.ts';
import { opaque } from '../value.ts';

/** Two graphs of which one runs: what both give is one value. */
export const choose: Rule = (call) => {
  const { node, label } = call;
  const condition = call.inputs[0]?.entries?.[0]?.value;
  const yes = call.body('then_branch');
  const no = call.body('else_branch');
  if (yes === undefined || no === undefined) return undefined;
  return node.output.map((name, i) => {
    const [one, other] = [yes[i], no[i]];
    if (one === undefined || other === undefined) return opaque(name, undefined, label);
    // Which one runs may be known, as where a shape is asked for its rank.
    if (condition !== undefined) return { ...(condition === 0 ? other : one), name };
    return either(name, one, other, label);
  });
};
