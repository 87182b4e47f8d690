import { useData, withBase } from 'vitepress';
import { defineComponent, h, onBeforeUnmount, onMounted, ref, watch } from 'vue';

/** The playground in a frame that loads when it comes into view, as tall as what it shows, in the colors of the page around it. */
export const Playground = defineComponent(() => {
  const { isDark } = useData();
  const frame = ref<HTMLIFrameElement>();
  const height = ref(860);
  const theme = (): string => (isDark.value ? 'dark' : 'light');

  /** What the frame says of its height; its first word also means that it listens by now. */
  const listen = ({ source, data }: MessageEvent<{ kind?: unknown; height?: unknown } | null>) => {
    if (source !== frame.value?.contentWindow || data?.kind !== 'secateur-height') return;
    if (typeof data.height === 'number' && data.height > 0) height.value = Math.ceil(data.height);
    tell();
  };
  const tell = (): void => {
    frame.value?.contentWindow?.postMessage({ theme: theme() }, location.origin);
  };
  onMounted(() => {
    window.addEventListener('message', listen);
  });
  onBeforeUnmount(() => {
    window.removeEventListener('message', listen);
  });
  watch(isDark, tell);

  const address = withBase('/playground/index.html');
  return () =>
    h('div', { class: 'playground' }, [
      h('iframe', {
        ref: frame,
        src: address,
        loading: 'lazy',
        title: 'Playground: a network trains in this page',
        style: { height: `${height.value}px` },
      }),
      h('p', [
        h('a', { href: address, target: '_self' }, 'Open the playground in a page of its own'),
      ]),
    ]);
});
