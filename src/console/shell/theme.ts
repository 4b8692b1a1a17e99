/** How the console looks: the colours and the fonts that are on the machine. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The colour of what can be pressed: readable on white and on the dark ground. */
const gate: MantineColorsTuple = [
  ...(['#e8f8f5', '#cdf0ea', '#9ce0d6', '#62cebf', '#35bcab', '#17a394', '#0f8a7e'] as const),
  ...(['#0f766e', '#115e59', '#134e4a'] as const),
];

/** Of what takes something away: dark enough for white text on it. */
const red: MantineColorsTuple = [
  ...(['#fff5f5', '#ffe3e3', '#ffc9c9', '#ffa8a8', '#ff8787', '#ff6b6b', '#e03131'] as const),
  ...(['#c92a2a', '#b02525', '#971f1f'] as const),
];

/** The theme; light or dark is the reader's choice. */
export const theme = createTheme({
  primaryColor: 'gate',
  primaryShade: 7,
  colors: { gate, red },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  headings: { fontWeight: '650' },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

/** Secondary text, and what is wrong, as dark, or as light, as WCAG 2.2 AA asks for (4.5:1); Mantine's own is below 4. */
export const toVariables: CSSVariablesResolver = ({ colors: { gray, dark, red } }) => ({
  variables: {},
  light: toTexts(gray?.[7], red?.[7]),
  dark: toTexts(dark?.[1], red?.[4]),
});

function toTexts(secondary = '', error = '') {
  return {
    '--mantine-color-dimmed': secondary,
    '--mantine-color-placeholder': secondary,
    '--mantine-color-error': error,
  };
}
