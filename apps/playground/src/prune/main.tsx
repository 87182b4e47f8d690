import { render } from 'preact';
import '../style.css';
import { followTheme } from '../theme.ts';
import { App } from './app.tsx';

followTheme();
render(<App />, document.getElementById('app')!);
