import { render } from 'preact';
import '../style.css';
import { followTheme } from '../theme.ts';
import { App } from './app.tsx';
import { findGpu, takeAddress } from './trainer.ts';

followTheme();
render(<App />, document.getElementById('app')!);
addEventListener('hashchange', () => void takeAddress());
void findGpu();
void takeAddress();
