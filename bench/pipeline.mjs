// What the data cost beside a training step, for the configurations of the examples: cutting an epoch into batches and making
// the inputs of each. First the cost itself, beside the forward and backward pass and the update; then what a training waits
// for it, which makes the inputs of a step while the step before it runs: how much longer such a step takes than one whose
// inputs are there already. The two kinds of steps take turns.
//   node bench/pipeline.mjs [STEPS]
// Those whose data are not there are left out with a word.
import { createEngine, prepareTask, readConfig, Trainer } from 'heddle/node';

const steps = Number(process.argv[2] ?? 200);

/** Steps before any is measured. */
const WARM = 20;

/** Configurations, and what replaces their values. */
const workloads = [
  ['examples/pronounce/quick.yaml'],
  ['examples/pronounce/quick.yaml', 'training.augment=[{ type: token-dropout, rate: 0.1 }]'],
  ['examples/pronounce/recipe.yaml'],
  ['examples/transliteration/arabic-english.yaml'],
  ['examples/translation/zh-en.yaml'],
  ['examples/language-model/shakespeare.yaml'],
  ['examples/spam/spam.yaml'],
  ['examples/images/fashion-mnist.yaml'],
  [
    'examples/images/fashion-mnist.yaml',
    'training.augment=[{ type: shift-images, pixels: 2 }, { type: flip-images }, { type: crop-images, least: 0.8 }]',
  ],
  ['examples/time-series/etth1.yaml'],
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

for (const [path, ...overrides] of workloads) {
  const title = [path, ...overrides].join('  ');
  let task;
  let config;
  try {
    config = await readConfig(path, overrides);
    task = await prepareTask(config);
  } catch (error) {
    console.log(`${title}\n  left out: ${error.message}`);
    continue;
  }
  const engine = await createEngine({ threads: config.training.threads });
  const trainer = await Trainer.create({ ...task, engine, seed: 1 });
  const plans = [];
  let batches = [];
  for (let epoch = 0; epoch < 3; epoch++) {
    const began = performance.now();
    batches = task.train.plan(task.batch, { seed: 1, epoch });
    plans.push((performance.now() - began) / batches.length);
  }
  const [making, alone, beside] = [[], [], []];
  const make = (step) => {
    const began = performance.now();
    const feeds = task.train.batch(batches[step % batches.length]);
    making.push(performance.now() - began);
    return feeds;
  };
  // The first ones compile and warm up.
  for (let step = 0; step < WARM; step++) await trainer.update(make(step));
  making.length = 0;
  for (let step = 0; step < steps; step++) {
    const feeds = make(step);
    for (const [times, work] of [
      [alone, () => undefined],
      [beside, () => make(step + 1)],
    ]) {
      const began = performance.now();
      await Promise.all([trainer.update(feeds), work()]);
      times.push(performance.now() - began);
    }
  }
  await engine.close();
  const data = median(plans) + median(making);
  const step = median(alone);
  const waited = median(beside.map((time, i) => time - alone[i])) + median(plans);
  const share = (part) => `${((100 * part) / (step + part)).toFixed(2)} %`;
  console.log(
    `${title}\n  data ${data.toFixed(2)} ms, a step ${step.toFixed(1)} ms: ${share(data)}; waited for ${waited.toFixed(2)} ms: ${share(waited)}`,
  );
}
