import { CostTable, type CostRow } from '../cost-table.tsx';
import { bytes, milliseconds, whole } from '../format.ts';
import type { Cost } from '../training/messages.ts';
import { latest, settings } from './state.ts';

/** What the network costs, now and when it was whole. */
export function Costs() {
  const now = latest.value;
  if (now === null) return <p class="muted">…</p>;
  const { keep, task } = settings.value;
  const unit = task === 'characters' ? 'a character' : task === 'words' ? 'a word' : 'a step';
  const units = ({ sizes }: Cost): string => Object.values(sizes).join(' + ');
  const count = ({ sizes }: Cost): number => Object.values(sizes).reduce((a, b) => a + b, 0);
  const row = (
    name: string,
    before: number,
    after: number,
    text: (value: number) => string,
  ): CostRow => ({ name, texts: [text(before), text(after)], share: after / before });
  const { milliseconds: was } = now.whole;
  const { milliseconds: is } = now.now;
  const rows: CostRow[] = [
    {
      ...row(`multiply-adds ${unit}`, now.whole.macs, now.now.macs, whole),
      target: keep === null || keep === 100 ? undefined : keep / 100,
    },
    {
      name: 'hidden units',
      texts: [units(now.whole), units(now.now)],
      share: count(now.now) / count(now.whole),
    },
    row('parameters', now.whole.parameters, now.now.parameters, whole),
    row('size of the weights', now.whole.bytes, now.now.bytes, bytes),
    {
      name: 'time of a training step',
      texts: [milliseconds(was), milliseconds(is)],
      share: was === null || is === null ? 1 : is / was,
    },
  ];
  return <CostTable columns={['dense', 'now']} rows={rows} />;
}
