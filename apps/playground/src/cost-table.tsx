import { percent } from './format.ts';

/** What one thing costs before and after: a name, both as text, and the share that is left. */
export interface CostRow {
  readonly name: string;
  readonly texts: readonly [string, string];
  readonly share: number;
  /** The share that it may keep, marked on the bar. */
  readonly target?: number | undefined;
}

/** Costs side by side, with a bar for what is left of each; `columns` are the heads of both. */
export function CostTable(props: {
  readonly columns: readonly [string, string];
  readonly rows: readonly CostRow[];
}) {
  const { columns, rows } = props;
  return (
    <table class="costs">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">what</span>
          </th>
          <th scope="col">{columns[0]}</th>
          <th scope="col">{columns[1]}</th>
          <th scope="col" class="share">
            <span class="visually-hidden">share that is left</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ name, texts, share, target }) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{texts[0]}</td>
            <td class="strong">{texts[1]}</td>
            <td class="share">
              <span class="bar" aria-hidden="true">
                <span class="fill" style={{ width: `${Math.min(100, 100 * share)}%` }} />
                {target !== undefined && (
                  <span class="target" style={{ left: `${100 * target}%` }} />
                )}
              </span>
              <span class="percent">{percent(share)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
