import { useState } from 'preact/hooks';
import { defaults, longestText } from '../settings.ts';
import { Button } from './fields.tsx';
import { settings } from './state.ts';
import { change } from './trainer.ts';

const about = {
  words:
    'State of the Union addresses from 2009 to 2016, the 250 most frequent words. It is to tell the next one.',
  sine: 'Sums of three sines with periods of 9, 17 and 29 steps, each at a random phase. It is to tell the next value.',
  gestures:
    'Circles, triangles, zigzags and waves, drawn by chance. It is to tell which, from the way of the pen.',
};

/** What is learned from; a text can be one's own. */
export function Material() {
  const { task, text } = settings.value;
  if (task !== 'characters') return <p>{about[task]}</p>;
  return <OwnText key={text} text={text} />;
}

function OwnText({ text }: { readonly text: string }) {
  const [draft, setDraft] = useState(text);
  const length = [...draft].length;
  const fits = length >= 250 && draft.length <= longestText;
  return (
    <>
      <label class="field text">
        <span>It is to tell the next character of this text, or of one of yours:</span>
        <textarea
          rows={7}
          spellcheck={false}
          value={draft}
          onInput={({ currentTarget }) => setDraft(currentTarget.value)}
        />
      </label>
      {draft !== text && (
        <p class="actions">
          <Button disabled={!fits} onClick={() => change({ text: draft })}>
            Learn this text
          </Button>
          {!fits && (
            <span class="bad">
              {length < 250
                ? `At least 250 characters, now ${length}.`
                : `At most ${longestText.toLocaleString('en')} characters, now ${draft.length.toLocaleString('en')}.`}
            </span>
          )}
        </p>
      )}
      {text !== defaults.text && (
        <Button class="link" onClick={() => change({ text: defaults.text })}>
          Back to the rhyme
        </Button>
      )}
    </>
  );
}
