import type { Layout } from '@secateur/groups';
import type { Settings } from '../settings.ts';
import { bidafLayout } from './layout.ts';

/** The layout of the network that the settings describe, before anything is removed. */
export function fullLayout(
  settings: Settings,
  vocabulary: { readonly words: number; readonly chars: number },
): Layout {
  const { word, char, filters, units, groups } = settings;
  return bidafLayout({ ...vocabulary, units, groups, sizes: { word, char, filters } });
}

/** {@link fullLayout} for removal: the paper's groups leave rows of a1 behind, in which no network can run. */
export function removalLayout(
  settings: Settings,
  vocabulary: { readonly words: number; readonly chars: number },
): Layout {
  const groups = settings.groups === 'paper' ? 'exact' : settings.groups;
  return fullLayout({ ...settings, groups }, vocabulary);
}
