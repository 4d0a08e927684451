/** Where the authority tells what an operator should know; pino's loggers are of this shape. */
export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}
