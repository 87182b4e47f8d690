import { withBase } from 'vitepress';
import { defineComponent, h } from 'vue';

declare const __PLAYGROUND__: boolean;

/** The playground in a frame that loads when it comes into view; where it was not built, what the page says in its place. */
export const Playground = defineComponent((_, { slots }) => {
  if (!__PLAYGROUND__) return () => h('div', { class: 'playground' }, slots['default']?.());
  const address = withBase('/playground/index.html');
  const frame = {
    src: address,
    loading: 'lazy',
    title: 'Playground: a network trains in this page',
  };
  return () =>
    h('div', { class: 'playground' }, [
      h('iframe', frame, [h('a', { href: address }, 'Open the playground')]),
      h('p', [
        h('a', { href: address, target: '_self' }, 'Open the playground in a page of its own'),
      ]),
    ]);
});
