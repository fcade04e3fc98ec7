import type { TableSource } from '../data/tableSource.js';
import type { ReadColumns } from './readColumns.js';
import type { Config, TaskName } from './schema.js';

/** A table in which texts stand that a model could be asked about, and the columns of what it reads. */
export interface AskedSource {
  readonly source: TableSource;
  readonly columns: ReadColumns;
}

type ConfigOf<Name extends TaskName> = Extract<Config, { task: Name }>;

/** The tables that a model's texts come from: of several tasks one each, none where it reads no texts of a table. */
export function askedSources(config: Config): AskedSource[] {
  switch (config.task) {
    case 'sequence-to-sequence':
    case 'ctc': {
      const { source } = config.data;
      return 'file' in source ? [{ source, columns: { text: source.columns.source } }] : [];
    }
    case 'language-model':
    case 'masked-language-model':
    case 'denoising': {
      const { source } = config.data;
      return 'file' in source ? [{ source, columns: { text: source.column } }] : [];
    }
    case 'classification':
    case 'multi-label': {
      const { source } = config.data;
      return 'file' in source ? withText(source, source.columns) : [];
    }
    case 'regression':
      return withText(config.data.source, config.data.source);
    case 'tagging':
      return [taggedSource(config.data)];
    case 'multi-task':
      return Object.values(config.tasks).map(({ task, data }) => {
        if (task === 'tagging') return taggedSource(data);
        const text = task === 'regression' ? data.source.text : data.source.columns.text;
        return { source: data.source, columns: { text } };
      });
    case 'speech-recognition':
    case 'forecasting':
      return [];
  }
}

function taggedSource({ source }: ConfigOf<'tagging'>['data']): AskedSource {
  return { source, columns: { text: source.columns.tokens } };
}

function withText(source: TableSource, { text, context, features, image }: ReadColumns): AskedSource[] {
  return text === undefined ? [] : [{ source, columns: { text, context, features, image } }];
}
