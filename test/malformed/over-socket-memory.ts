import { eventually } from '../e2e/eventually.ts'
import type { TestService } from '../e2e/service.ts'

/** Options under which a service collects its garbage when it is told to by a signal. */
export const COLLECTABLE: readonly string[] = [
  '--expose-gc',
  '--import',
  `data:text/javascript,${encodeURIComponent("process.on('SIGUSR2', () => globalThis.gc())")}`,
]

/** Bytes that the service holds, in its heap and beside it, right after its garbage was collected. */
export async function afterGarbageCollection(service: TestService): Promise<number> {
  const runs = await figure(service, /^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)$/m)
  process.kill(service.pid, 'SIGUSR2')
  await eventually(
    () => figure(service, /^nodejs_gc_duration_seconds_count\{kind="major"\} (\d+)$/m),
    (now) => now > runs,
  )
  const heap = await figure(service, /^nodejs_heap_size_used_bytes (\d+)$/m)
  return heap + (await figure(service, /^nodejs_external_memory_bytes (\d+)$/m))
}

async function figure(service: TestService, pattern: RegExp): Promise<number> {
  const text = await (await service.plain('ops', '/metrics')).text()
  return Number(pattern.exec(text)?.[1] ?? 0)
}
