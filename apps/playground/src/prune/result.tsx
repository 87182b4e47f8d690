import { CostTable, type CostRow } from '../cost-table.tsx';
import { bytes, whole } from '../format.ts';
import { opened, saveSmaller, share, smaller } from './state.ts';

/** How much is to go. */
export function Target() {
  const value = share.value;
  return (
    <div class="target-choice">
      <label class="check">
        <input
          type="checkbox"
          checked={value === null}
          onChange={({ currentTarget }) => (share.value = currentTarget.checked ? null : 60)}
        />
        Take out only what nothing reads
      </label>
      <label class="field slider">
        <span>
          Keep at most <output>{value === null ? '–' : `${value} % of the multiply-adds`}</output>
        </span>
        <input
          type="range"
          min="5"
          max="100"
          step="1"
          value={value ?? 100}
          aria-valuetext={value === null ? 'no target' : `${value} % of the multiply-adds`}
          onInput={({ currentTarget }) => (share.value = Number(currentTarget.value))}
        />
      </label>
    </div>
  );
}

/** The smaller model beside the whole one. */
export function Result() {
  const found = smaller.value;
  if (found === null) return null;
  if (typeof found === 'string') {
    return (
      <p class="trouble" role="alert">
        {found}
      </p>
    );
  }
  const { report, exact, files } = found;
  const model = opened.value!;
  const size = files.reduce((sum, file) => sum + file.bytes.length, 0);
  const rows: CostRow[] = [
    ...model.dims.map((dim) => row(dim, report.sizes[dim]!.before, report.sizes[dim]!.after)),
    row('multiply-adds', report.macs.before, report.macs.after),
    row('parameters', report.parameters.before, report.parameters.after),
    {
      name: 'size of the file',
      texts: [bytes(model.bytes), bytes(size)],
      share: size / model.bytes,
    },
  ];
  const same = report.macs.after === report.macs.before;
  return (
    <>
      <CostTable columns={['before', 'after']} rows={rows} />
      <p class={exact ? '' : 'approximate'}>
        {same
          ? 'Everything in it is read by something. Say what it may cost, and the weakest goes too.'
          : exact
            ? 'Only components that nothing reads went: it computes what it did, but for rounding.'
            : 'Components that are read went too, the weakest first: its outputs change. Measure it on data of yours, and train it on where that is too much.'}
      </p>
      {report.notes.length > 0 && (
        <ul class="notes">
          {report.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      <p class="actions">
        <button type="button" class="play" disabled={same} onClick={saveSmaller}>
          Save the smaller {files.length > 1 ? 'model' : 'file'}
        </button>
        {!same && <span class="muted">{files.map(({ name }) => name).join(' and ')}</span>}
      </p>
    </>
  );
}

const row = (name: string, before: number, after: number): CostRow => ({
  name,
  texts: [whole(before), whole(after)],
  share: after / before,
});
