import { whole } from '../format.ts';
import type { Dimension } from './state.ts';
import { dimensions, opened, smaller } from './state.ts';

/** A bar for each component, the strongest first; those that go are pale. */
export function Norms() {
  const found = smaller.value;
  const sizes = found === null || typeof found === 'string' ? undefined : found.report.sizes;
  if (opened.value!.dims.length === 0) return null;
  return (
    <div class="norms">
      {dimensions.value.map((dimension) => (
        <Bars
          key={dimension.name}
          dimension={dimension}
          left={sizes?.[dimension.name]?.after ?? dimension.norms.length}
        />
      ))}
    </div>
  );
}

const most = 400;

function Bars({
  dimension: { name, norms, dead },
  left,
}: {
  readonly dimension: Dimension;
  readonly left: number;
}) {
  const count = Math.min(most, norms.length);
  const largest = norms[0] || 1;
  const height = (i: number): number => {
    const share = norms[Math.floor((i * norms.length) / count)]! / largest;
    // Weights of a training that diverged are no numbers.
    return Number.isFinite(share) ? 40 * share : 0;
  };
  const bars = (from: number, to: number): string =>
    Array.from({ length: Math.max(0, to - from) }, (_, k) => {
      const [x, h] = [from + k, height(from + k)];
      return `M${x} 40h.8v${-Math.max(0.4, h)}h-.8z`;
    }).join('');
  const border = Math.round((left * count) / norms.length);
  return (
    <figure>
      <figcaption>
        <span>{name}</span>
        <span class="muted">
          {whole(left)} of {whole(norms.length)} stay{dead > 0 && `, ${whole(dead)} were dead`}
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${count} 40`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Norms of the ${norms.length} components of ${name}, from ${norms[0]!.toPrecision(3)} down to ${norms.at(-1)!.toPrecision(3)}; about ${left} stay.`}
      >
        <path class="stays" d={bars(0, border)} />
        <path class="goes" d={bars(border, count)} />
      </svg>
    </figure>
  );
}
