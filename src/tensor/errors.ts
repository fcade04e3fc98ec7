/** The user's input is wrong: shown as its message alone, without a stack; the command line ends with exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError';
}
