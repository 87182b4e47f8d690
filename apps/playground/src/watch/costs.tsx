import { bytes, milliseconds, percent, whole } from '../format.ts';
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
  return (
    <table class="costs">
      <thead>
        <tr>
          <th scope="col">
            <span class="visually-hidden">what</span>
          </th>
          <th scope="col">dense</th>
          <th scope="col">now</th>
          <th scope="col" class="share">
            <span class="visually-hidden">share that is left</span>
          </th>
        </tr>
      </thead>
      <tbody>
        <Row
          name={`multiply-adds ${unit}`}
          texts={[whole(now.whole.macs), whole(now.now.macs)]}
          share={now.now.macs / now.whole.macs}
          target={keep === null || keep === 100 ? undefined : keep / 100}
        />
        <Row
          name="hidden units"
          texts={[units(now.whole), units(now.now)]}
          share={count(now.now) / count(now.whole)}
        />
        <Row
          name="parameters"
          texts={[whole(now.whole.parameters), whole(now.now.parameters)]}
          share={now.now.parameters / now.whole.parameters}
        />
        <Row
          name="size of the weights"
          texts={[bytes(now.whole.bytes), bytes(now.now.bytes)]}
          share={now.now.bytes / now.whole.bytes}
        />
        <Row
          name="time of a training step"
          texts={[milliseconds(now.whole.milliseconds), milliseconds(now.now.milliseconds)]}
          share={
            now.whole.milliseconds === null || now.now.milliseconds === null
              ? 1
              : now.now.milliseconds / now.whole.milliseconds
          }
        />
      </tbody>
    </table>
  );
}

function Row(props: {
  readonly name: string;
  readonly texts: readonly [string, string];
  readonly share: number;
  readonly target?: number | undefined;
}) {
  const { name, texts, share, target } = props;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>{texts[0]}</td>
      <td class="strong">{texts[1]}</td>
      <td class="share">
        <span class="bar" aria-hidden="true">
          <span class="fill" style={{ width: `${Math.min(100, 100 * share)}%` }} />
          {target !== undefined && <span class="target" style={{ left: `${100 * target}%` }} />}
        </span>
        <span class="percent">{percent(share)}</span>
      </td>
    </tr>
  );
}
