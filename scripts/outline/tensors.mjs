// What docs/tensors.md holds, in the order of a reader; scripts/referenceDocuments.mjs says how it is read.

export const tensors = {
  file: 'tensors.md',
  title: 'Tensors, ops and programs',
  introduction: `What layers are written in. An op makes a node of a graph and computes nothing; a graph becomes an ONNX model, and an engine runs it. Written from the comments in the sources by \`npm run docs\`; [layers.md](layers.md) has what is built on them.

A module of one's own traces its tensors in a method; \`compileGraph\` makes a program of any outputs:

\`\`\`ts
import { compileGraph, createEngine, input, softmax } from 'heddle/node';

const x = input('x', 'float32', ['batch', 3]);
const engine = await createEngine();
const program = await compileGraph(engine, { y: softmax(x) }, new Map());
const value = { dtype: 'float32', shape: [1, 3], data: Float32Array.of(1, 2, 3) } as const;
const { y } = await program.run({ x: value });
console.log(y?.data);
await engine.close();
\`\`\``,
  groups: [
    {
      title: 'Tensors',
      introduction: '',
      from: ['src/tensor/tensor.ts', 'src/tensor/errors.ts', 'src/tensor/'],
      except: ['randomKey', 'randomBits', 'randomUniform', 'randomNormal', 'permutation', 'hashText'],
    },
    {
      title: 'Element by element',
      introduction: 'Shapes broadcast as in NumPy; a dim of a name fits only itself and 1.',
      from: ['src/ops/elementwise.ts'],
    },
    { title: 'Products', introduction: '', from: ['src/ops/matmul.ts'] },
    { title: 'Shapes', introduction: '', from: ['src/ops/shape.ts', 'src/ops/window.ts'] },
    {
      title: 'Sums, maxima, softmax and norms',
      introduction: '',
      from: ['src/ops/reduce.ts', 'src/ops/softmax.ts', 'src/ops/layerNorm.ts', 'src/ops/batchNorm.ts'],
      only: ['sum', 'max', 'argMax', 'softmax', 'logSoftmax', 'layerNorm', 'batchNorm'],
    },
    { title: 'Looking up and packing', introduction: '', from: ['src/ops/gather.ts'] },
    { title: 'Loops', introduction: '', from: ['src/ops/scan.ts'] },
    {
      title: 'Gradients and programs',
      introduction:
        'The gradients of a graph are a graph again. `exportGraph` gives the bytes of an ONNX model, which any ONNX Runtime runs; `compileGraph` opens it in an engine.',
      from: [
        'src/autodiff/gradients.ts',
        'src/engine/compileGraph.ts',
        'src/onnx/exportGraph.ts',
        'src/engine/node/createEngine.ts',
        'src/engine/',
      ],
    },
    {
      title: 'Random numbers',
      introduction:
        'Each is a function of a key and an index, so that nothing depends on the order in which they are drawn.',
      from: ['src/tensor/random.ts'],
      only: ['randomKey', 'randomBits', 'randomUniform', 'randomNormal', 'permutation', 'hashText'],
    },
  ],
};
