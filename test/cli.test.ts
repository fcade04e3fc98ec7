import { existsSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { copyConfig, useCli, type CliResult } from './support/cli.js';

const cli = useCli();
const file = (...names: string[]) => join(cli.folder, ...names);

let training: CliResult;
beforeAll(async () => {
  await writeFile(file('copy.yaml'), copyConfig);
  training = await cli.run(['train', 'copy.yaml']);
});

describe('heddle train', () => {
  it('says what it does, shows samples, and what to type next', () => {
    expect(training.stderr).toBe('');
    expect(training.code).toBe(0);
    expect(training.stdout).toMatch(
      /^Engine: (c-api|binding) executor .*\nRun: runs\/copy\nData: \d+ pairs of/,
    );
    expect(training.stdout).toMatch(/step 20 · epoch \d+\.\d · loss \d\.\d{3} · PER .* %.*★ best so far/);
    expect(training.stdout).toMatch(
      /Test \(\d+ examples, greedy, at most 40 tokens, checkpoint of step \d+\): loss/,
    );
    expect(training.stdout).toContain('npx heddle predict runs/copy ');
  });

  it('leaves a complete run directory', async () => {
    const rows = (await readFile(file('runs/copy/metrics.jsonl'), 'utf8')).trim().split('\n');
    expect(rows).toHaveLength(60 / 5 + 60 / 20);
    expect(JSON.parse(rows.at(-1)!)).toMatchObject({ step: 60, split: 'validation' });
    for (const name of [
      'config.yaml',
      'tokenizer.source.json',
      'tokenizer.target.json',
      'samples.jsonl',
      'test.json',
    ])
      expect(existsSync(file('runs/copy', name)), name).toBe(true);
    const report = await readFile(file('runs/copy/report.html'), 'utf8');
    for (const title of ['Curves', 'Samples', 'Attention', 'Model', 'Configuration'])
      expect(report).toContain(`<h2>${title}</h2>`);
  });

  it('does not touch a run that is there, unless it is resumed', async () => {
    const { code, stderr } = await cli.run(['train', 'copy.yaml']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^heddle: runs\/copy: holds a run already\. .*--resume.*--run.*\n$/);
    const longer = await cli.run(['train', 'copy.yaml', '--resume', '--set', 'training.steps=65']);
    expect(longer.code).toBe(0);
    expect(longer.stdout).toContain('Going on from step 60 of 65');
    const ended = await cli.run(['train', 'copy.yaml', '--resume', '--set', 'training.steps=65']);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toContain('Nothing left to train. The run has 65 steps');
    const config = await readFile(file('runs/copy/config.yaml'), 'utf8');
    const shorter = await cli.run(['train', 'copy.yaml', '--resume']);
    expect(shorter.code).toBe(2);
    expect(shorter.stderr).toMatch(/has done 65 steps, more than the 60 .* Raise training\.steps/);
    expect(await readFile(file('runs/copy/config.yaml'), 'utf8')).toBe(config);
    const other = await cli.run(['train', 'copy.yaml', '--resume', '--set', 'training.batchSize=16']);
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(/begun with training\.batchSize 32, now it is 16/);
  });

  it('takes a fresh directory for a demonstration', async () => {
    const { code, stdout } = await cli.run(['train', 'copy.yaml', '--demo', '--set', 'training.steps=20']);
    expect(code).toBe(0);
    expect(stdout).toContain('Run: runs/copy-2\n');
    expect(stdout).toMatch(/heddle +\S* +\(not in the data\)/);
    expect(stdout).toContain('Where it looked');
  });

  it('saves when it is interrupted, and goes on from there', async () => {
    const long = ['train', 'copy.yaml', '--run', 'runs/stopped', '--set', 'training.steps=5000'];
    let stopped = false;
    const first = await cli.run(long, {
      onOutput: (text, kill) => {
        if (stopped || !text.includes('step 20 ')) return;
        stopped = true;
        kill('SIGINT');
      },
    });
    expect(first.code).toBe(130);
    expect(first.stdout).toMatch(
      /Saved\. Go on with: npx heddle train copy\.yaml --set training\.steps=5000 --run runs\/stopped --resume\n$/,
    );
    const steps = /Trained (\d+) steps/.exec(first.stdout)![1]!;
    const second = await cli.run([...long.slice(0, -1), `training.steps=${Number(steps) + 3}`, '--resume']);
    expect(second.stdout).toContain(`Going on from step ${steps} of`);
    expect(second.code).toBe(0);
  });
});

describe('heddle evaluate', () => {
  it('prints one JSON object', async () => {
    const { code, stdout } = await cli.run(['evaluate', 'runs/copy', '--json', '--beam', '2']);
    expect(code).toBe(0);
    const summary = JSON.parse(stdout) as { metrics: Record<string, number> };
    expect(summary).toMatchObject({
      split: 'test',
      examples: expect.any(Number) as number,
      decoding: 'beam 2, at most 40 tokens',
    });
    for (const name of ['loss', 'perplexity', 'per', 'wer'])
      expect(summary.metrics[name]).toBeGreaterThanOrEqual(0);
    expect(summary.metrics['perplexity']).toBeCloseTo(Math.exp(summary.metrics['loss']!), 10);
  });

  it('measures a file', async () => {
    await writeFile(file('pairs.tsv'), 'abc\tabc\nabc\tcba\nHkk\tHkk\n');
    const { stdout } = await cli.run(['evaluate', 'runs/copy', '--data', 'pairs.tsv']);
    expect(stdout).toMatch(/^pairs\.tsv: 2 examples, greedy, at most 40 tokens, checkpoint of step \d+\n/);
  });

  it('counts what the model does not know', async () => {
    await writeFile(file('strange.tsv'), 'a7\tabc\nabc\tc77\n');
    const { code, stderr } = await cli.run(['evaluate', 'runs/copy', '--data', 'strange.tsv']);
    expect(stderr).toBe(
      'heddle: 1 source token unknown to the model, 2 target tokens unknown to the model\n',
    );
    expect(code).toBe(0);
  });
});

describe('heddle predict', () => {
  it('answers arguments, files and standard input alike', async () => {
    await writeFile(file('words.txt'), 'abc\r\nHkk\r\n');
    const typed = await cli.run(['predict', 'runs/copy', 'abc', 'Hkk']);
    const read = await cli.run(['predict', 'runs/copy', '--input', 'words.txt']);
    const piped = await cli.run(['predict', 'runs/copy', '--input', '-'], { input: 'abc\nHkk' });
    expect(typed.stdout).toMatch(/^abc\t\S*\nHkk\t\S*\n$/);
    expect(read.stdout).toBe(typed.stdout);
    expect(piped.stdout).toBe(typed.stdout);
  });

  it('answers what it can and reports the rest', async () => {
    const input = 'abc\nb7\n\nHkk\n';
    const { code, stdout, stderr } = await cli.run(['predict', 'runs/copy'], { input });
    expect(code).toBe(2);
    expect(stdout).toMatch(/^abc\t\S*\nHkk\t\S*\n$/);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^heddle: standard input: line 2: .*7/),
      expect.stringMatching(/^heddle: standard input: line 3: the source has no character/),
      '',
    ]);
    const json = await cli.run(['predict', 'runs/copy', '--json'], { input });
    const objects = json.stdout.trim().split('\n');
    expect(objects.map((line) => 'error' in (JSON.parse(line) as object))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('goes on after a text that it cannot answer, block after block', async () => {
    const input = `7\n${'abc\n'.repeat(1 << 16)}Hkk`;
    const { code, stdout } = await cli.run(['predict', 'runs/copy', '--input', '-'], { input });
    expect(code).toBe(2);
    expect(stdout.split('\n')).toHaveLength((1 << 16) + 2);
  });

  it('does not give more answers than the beam keeps', async () => {
    const { code, stderr } = await cli.run(['predict', 'runs/copy', 'abc', '--n-best', '3', '--beam', '2']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--n-best 3 is more than the 2 hypotheses .* Raise --beam/);
  });

  it('draws answers, the same ones with the same seed', async () => {
    const drawn = (...more: string[]) =>
      cli.run(['predict', 'runs/copy', 'abc', 'Hkk', '--sample', '3', '--top-p', '0.9', ...more]);
    const first = await drawn('--seed', '2');
    expect(first.stdout).toMatch(/^(abc\t\S*\t-\d+\.\d{4}\n){3}(Hkk\t\S*\t-\d+\.\d{4}\n){3}$/);
    expect((await drawn('--seed', '2')).stdout).toBe(first.stdout);
    expect((await drawn('--seed', '3')).stdout).not.toBe(first.stdout);
    const begun = await drawn('--prefix', 'ab', '--no-repeat', '1', '--json');
    const { predictions } = JSON.parse(begun.stdout.split('\n')[0]!) as { predictions: { text: string }[] };
    for (const { text } of predictions) expect(text).toMatch(/^ab/);
  });

  it.each([
    [['--temperature', '2'], /--temperature shapes what is drawn; give --sample N with it/],
    [['--sample', '2', '--beam', '3'], /give --beam to search or --sample to draw, not both/],
    [['--sample', '2', '--length-penalty', '1'], /give --length-penalty to search or --sample to draw/],
    [['--sample', '2', '--top-p', 'x'], /--top-p is 'x'; it must be a number/],
    [['--sample', '2', '--top-p', '2'], /topP is 2; it must be above 0 and at most 1/],
    [['--prefix', '7'], /7/],
    [['--must-contain', '7'], /constraint "7": .*7/],
    [['--must-contain', ''], /A constraint has no tokens/],
    [['--must-contain', 'abc', '--sample', '2'], /--must-contain is for search/],
    [['--must-contain', 'ab'.repeat(40)], /The constraints need 80 tokens, an answer has at most/],
  ])('refuses %j', async (options, message) => {
    const { code, stderr } = await cli.run(['predict', 'runs/copy', 'abc', ...options]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('contains what it must', async () => {
    const told = ['--must-contain', 'cb', '--must-contain', 'k', '--beam', '2'];
    const { stdout } = await cli.run(['predict', 'runs/copy', 'abc', 'Hkk', ...told]);
    expect(stdout).toMatch(/^abc\t\S*cb\S*\nHkk\t\S*cb\S*\n$/);
    expect(stdout.split('\n').filter((line) => /\t.*k/.test(line))).toHaveLength(2);
  });

  it('answers as decoding of the run says, where nothing else is typed', async () => {
    await cp(file('runs/copy'), file('runs/told'), { recursive: true });
    const config = await readFile(file('runs/told/config.yaml'), 'utf8');
    const decoding = 'decoding:\n  prefix: ab\n  constraints: [ k ]\n  noRepeatedNgram: 2\n  beam: 2\n';
    await writeFile(file('runs/told/config.yaml'), config.replace(/^decoding:\n( .*\n)*/m, decoding));
    const predict = async (run: string, ...more: string[]) =>
      (await cli.run(['predict', run, 'abc', 'Hkk', ...more])).stdout;
    const told = await predict('runs/told');
    expect(told).toMatch(/^abc\tab\S*k\S*\nHkk\tab\S*k\S*\n$/);
    const flags = ['--prefix', 'ab', '--must-contain', 'k', '--no-repeat', '2', '--beam', '2'];
    expect(await predict('runs/copy', ...flags)).toBe(told);
    const other = ['--prefix', 'Hk', '--must-contain', 'c', '--no-repeat', '3', '--beam', '1'];
    expect(await predict('runs/told', ...other)).toBe(await predict('runs/copy', ...other));
    expect(await predict('runs/copy', '--max-length', '2')).toMatch(/^abc\t\S{0,2}\nHkk\t\S{0,2}\n$/);
    const evaluated = await cli.run(['evaluate', 'runs/told', '--data', 'pairs.tsv', '--beam', '1']);
    expect(evaluated.stdout).toMatch(
      /^pairs\.tsv: 2 examples, greedy, prefix "ab", constraint "k", no 2-gram twice, checkpoint of step/,
    );
    const drawn = await cli.run(['predict', 'runs/told', 'abc', 'Hkk', '--sample', '2']);
    expect(drawn.code).toBe(2);
    expect(drawn.stderr).toMatch(/^heddle: Answers must contain "k" \(decoding\.constraints\), [^\n]+\n$/);
  });

  it('gives the n best with scores, best first', async () => {
    const { stdout } = await cli.run(['predict', 'runs/copy', 'abc', '--n-best', '3', '--json']);
    const { text, predictions } = JSON.parse(stdout) as { text: string; predictions: { score: number }[] };
    expect(text).toBe('abc');
    expect(predictions).toHaveLength(3);
    const scores = predictions.map(({ score }) => score);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });
});

describe('heddle inspect', () => {
  it('lists layers, shapes and counts', async () => {
    const { stdout } = await cli.run(['inspect', 'runs/copy']);
    expect(stdout).toMatch(/decoder\.attention +GeneralAttention +512\n/);
    expect(stdout).toMatch(/ {2}encoder\.embedding\.weight +44 × 16 +704\n/);
  });

  it('prints JSON', async () => {
    const layers = JSON.parse((await cli.run(['inspect', 'runs/copy', '--json'])).stdout) as {
      total: number;
      parameters: { name: string; shape: number[]; size: number }[];
    };
    expect(layers.parameters).toContainEqual({
      name: 'encoder.embedding.weight',
      shape: [44, 16],
      size: 704,
    });
    expect(layers.total).toBe(layers.parameters.reduce((sum, { size }) => sum + size, 0));
    const attention = JSON.parse((await cli.run(['inspect', 'runs/copy', 'abc', '--json'])).stdout) as {
      weights: number[][];
      columnLabels: string[];
    };
    expect(attention.columnLabels).toEqual(['a', 'b', 'c']);
    expect(attention.weights[0]!.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
  });

  it('draws attention', async () => {
    const { stdout } = await cli.run(['inspect', 'runs/copy', 'abc', '--svg', 'attention.svg']);
    expect(stdout).toContain('abc → ');
    expect(await readFile(file('attention.svg'), 'utf8')).toMatch(/^<svg/);
  });
});

describe('heddle find-rate', () => {
  it('suggests a rate, and draws the scan', async () => {
    const { code, stdout } = await cli.run(['find-rate', 'copy.yaml', '--steps', '30', '--svg', 'rates.svg']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/The loss falls steepest around \d\.\de[-+]\d+\./);
    expect(stdout).toMatch(/npx heddle train copy\.yaml --set training\.optimizer\.learningRate=\S+\n$/);
    expect(await readFile(file('rates.svg'), 'utf8')).toMatch(/^<svg/);
    const json = await cli.run(['find-rate', 'copy.yaml', '--steps', '5', '--to', '1e-5', '--json']);
    expect((JSON.parse(json.stdout) as { rates: number[] }).rates).toHaveLength(6);
  });

  it('takes as many batches for an update as the training would', async () => {
    const losses = async (...set: string[]) => {
      const told = ['data.split.validation=0', 'data.split.test=0', ...set].flatMap((each) => [
        '--set',
        each,
      ]);
      const { stdout } = await cli.run(['find-rate', 'copy.yaml', '--steps', '3', '--json', ...told]);
      return (JSON.parse(stdout) as { losses: number[] }).losses;
    };
    // 400 examples, in one batch or in ten.
    const whole = await losses('training.batchSize=400');
    const parts = await losses('training.batchSize=40', 'training.accumulate=10');
    expect(parts).toEqual(whole.map((loss) => expect.closeTo(loss, 4) as number));
    expect(parts[0]).not.toBeCloseTo((await losses('training.batchSize=40'))[0]!, 4);
  });
});

describe('help', () => {
  it.each(['train', 'average', 'evaluate', 'compare', 'predict', 'inspect', 'find-rate'])(
    'of %s has an example',
    async (name) => {
      const { code, stdout } = await cli.run([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: heddle ${name}`);
      expect(stdout).toMatch(/Examples?:\n {2}heddle /);
    },
  );

  it('of train is of one key or task where it is named', async () => {
    const help = (...args: string[]) => cli.run(['train', ...args]);
    const whole = (await help('copy.yaml', '--help')).stdout;
    expect(whole.split('\n').length).toBeLessThan(50);
    expect(whole).toMatch(/^ {2}Task ctc +data, source, target, model, training, decoding, metrics$/m);
    const key = (await help('--help', 'decoding.beam')).stdout;
    expect(key).toMatch(
      /^Tasks sequence-to-sequence, denoising:\n {2}decoding\.beam .*\n\nTasks ctc, speech-recognition:\n {2}decoding\.beam .*\n$/,
    );
    const task = (await help('--help', 'tagging')).stdout;
    expect(task).toMatch(
      /^task: tagging\ndata: .*\n\nAll tasks:\n[^]*\n\nTask tagging:\n {2}data\.source\.file/,
    );
    const wrong = await help('--help', 'model.encodr');
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain("of the name model.encodr. Did you mean 'model.encoder'?");
  });

  it('is shown without a command, and the version on request', async () => {
    expect((await cli.run([])).stdout).toContain('Usage: heddle COMMAND');
    expect((await cli.run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const unknown = await cli.run(['trian']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/unknown command 'trian'\. Did you mean 'train'\?/);
  });
});
