/** The style sheet of the report. Its grounds match those of the pictures in svg.ts. */
export const reportStyle = `
:root { --page: #f3f5f7; --card: #fff; --text: #1f2328; --faint: #656d76; --line: #e3e6ea; --good: #1a7f4b; --bad: #b3401a; }
@media (prefers-color-scheme: dark) {
  :root { --page: #0d1013; --card: #16191d; --text: #e6e9ec; --faint: #9aa4ae; --line: #2b3138; --good: #4fd08f; --bad: #ff8c5a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text);
  font: 15px/1.5 system-ui, 'Segoe UI', 'Noto Sans', 'DejaVu Sans', sans-serif; }
main { max-width: 1200px; margin: 0 auto; padding: 32px 20px 64px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 20px; overflow-wrap: anywhere; }
h2 { font-size: 18px; margin: 36px 0 12px; }
.summary { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 0; }
.summary div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 12px 16px; }
dt { color: var(--faint); font-size: 13px; }
dd { margin: 2px 0 0; font-size: 22px; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 12px; }
.charts svg { width: 100%; }
.pictures { display: flex; flex-wrap: wrap; gap: 12px; align-items: flex-start; }
figure { margin: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; overflow: auto; max-width: 100%; }
figure svg { display: block; max-width: 100%; height: auto; }
.note { color: var(--faint); font-size: 13px; margin: 8px 2px 0; max-width: 80ch; }
.scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 7px 14px; border-top: 1px solid var(--line); }
thead th { border-top: 0; color: var(--faint); font-size: 13px; font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.right::before { content: '✓ '; color: var(--good); }
.wrong::before { content: '✗ '; color: var(--bad); }
code, pre { font: 13px/1.5 ui-monospace, 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace; }
pre { margin: 0; padding: 14px 16px; overflow-x: auto; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
details summary { cursor: pointer; margin-bottom: 10px; }
`;
