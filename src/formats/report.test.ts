import { describe, expect, it } from 'vitest';
import type { MetricsRow } from './metricsRow.js';
import { reportHtml, type Report } from './report.js';

const metrics: MetricsRow[] = [
  { step: 10, epoch: 0.1, split: 'train', loss: 2, learningRate: 1e-3, tokensPerSecond: 30000, time: 1 },
  { step: 20, epoch: 0.2, split: 'train', loss: null, learningRate: 2e-3, tokensPerSecond: 31000, time: 2 },
  { step: 20, epoch: 0.2, split: 'validation', loss: 1.9, per: 0.4, time: 3 },
];
const report: Report = {
  title: 'copy <1>',
  summary: [['PER on test (greedy)', '9.8 %']],
  metrics,
  samples: [
    { step: 1000, source: 'tomato', target: ['T AH', 'T EY'], prediction: 'T EY' },
    { step: 2000, source: '<b>', target: 'x', prediction: 'y' },
  ],
  attention: [{ weights: [[1]], rowLabels: ['T'], columnLabels: ['t'], title: 'tomato' }],
  parameters: [
    { name: 'encoder.weight', shape: [32, 128] },
    { name: 'scale', shape: [] },
  ],
  config: 'task: copy # <&>\n',
};

describe('the report', () => {
  const html = reportHtml(report);

  it('draws one chart for each metric, with the splits that have it', () => {
    const titles = [...html.matchAll(/role="img" aria-label="([^"]*)"/g)].map((match) => match[1]);
    expect(titles).toEqual([
      'Loss',
      'Learning rate (train)',
      'Tokens per second (train)',
      'PER (validation)',
      'tomato',
    ]);
    expect(html).toContain('nats per token');
    // Validation has its own colour also where it stands alone.
    expect(html.slice(html.indexOf('PER (validation)'))).toMatch(/<path class="heddle-line1"/);
  });

  it('tells the share of wrong answers from the edits of words', () => {
    const rates = reportHtml({
      ...report,
      metrics: [{ step: 20, epoch: 0.2, split: 'validation', wer: 0.4, wordEditRate: 0.2, time: 3 }],
    });
    for (const label of ['WER (whole answers)', 'WER (word edits)'])
      expect(rates).toContain(`aria-label="${label} (validation)"`);
  });

  it('lists a prediction once while it stays the same, and how far off it is where that is known', () => {
    const said = ['a', 'b', 'b', 'b', 'a'].map((prediction, i) => ({ step: 1000 * (i + 1), prediction }));
    const samples = [
      ...said.map((each) => ({ ...each, source: 's', target: 'b' })),
      { step: 1000, source: 'row 8', target: '2', prediction: '2', error: 'mean error 0.1' },
    ];
    const page = reportHtml({ ...report, samples });
    expect(page).toContain(
      '<td rowspan="3">s</td><td rowspan="3">b</td><td class="number">1,000</td><td class="wrong">a</td></tr>',
    );
    expect(page).toContain('<td class="number">2,000 – 4,000</td><td class="right">b</td></tr>');
    expect(page).toContain('<td class="number">1,000</td><td>2 (mean error 0.1)</td></tr>');
  });

  it('lists samples with whether they are right, parameters with their sizes, and the configuration', () => {
    expect(html).toContain('T AH<br>T EY</td><td class="number">1,000</td><td class="right">T EY</td>');
    expect(html).toContain(
      '<td rowspan="1">&lt;b&gt;</td><td rowspan="1">x</td><td class="number">2,000</td><td class="wrong">y</td>',
    );
    expect(html).toContain('4.10k parameters in 2 tensors');
    expect(html).toContain('<td>32 × 128</td><td class="number">4,096</td><td class="number">100.0 %</td>');
    expect(html).toContain('<td>scalar</td><td class="number">1</td>');
    expect(html).toContain('<pre>task: copy # &lt;&amp;&gt;\n</pre>');
    expect(html).toContain('<dt>PER on test (greedy)</dt><dd>9.8 %</dd>');
  });

  it('is one page without scripts or anything from the network', () => {
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|<link|<img|@import|url\(/);
    const addresses = html.match(/https?:[^"' ]*/g) ?? [];
    expect(new Set(addresses)).toEqual(new Set(['http://www.w3.org/2000/svg']));
    for (const tag of ['section', 'div', 'table', 'tr', 'td', 'figure', 'svg', 'details', 'dl', 'main']) {
      const open = html.match(new RegExp(`<${tag}[ >]`, 'g'))?.length;
      expect([tag, open]).toEqual([tag, html.match(new RegExp(`</${tag}>`, 'g'))?.length]);
    }
  });

  it('leaves out what there is nothing of', () => {
    const empty = { title: 't', summary: [], metrics: [], samples: [], attention: [], parameters: [] };
    expect(reportHtml({ ...empty, config: '' })).not.toMatch(/<section|<dl|NaN/);
  });
});
