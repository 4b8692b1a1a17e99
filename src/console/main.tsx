/** Where the console begins. */
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { pages } from './pages/pages.ts';
import { App } from './shell/app.tsx';

const root = document.getElementById('root');
if (root === null) throw new TypeError('the page has no place for the console');
createRoot(root).render(
  <StrictMode>
    <App pages={pages} />
  </StrictMode>,
);
