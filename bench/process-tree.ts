import { readdirSync, readFileSync } from 'node:fs'

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html counts in ticks of USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS = 100
const PAGE = 4096

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly ticks: number
  readonly pages: number
}

/** CPU time of a process, its threads, and all processes below it, seconds. */
export function cpuSeconds(root: number): number {
  return treeOf(root).reduce((sum, { ticks }) => sum + ticks, 0) / TICKS
}

/** Memory that a process and all below it hold, bytes. */
export function residentBytes(root: number): number {
  return treeOf(root).reduce((sum, { pages }) => sum + pages, 0) * PAGE
}

/** @throws Error when the process has ended: a server that died must not look like an idle one */
function treeOf(root: number): readonly Stat[] {
  const all = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? readStat(name) : []))
  const tree = all.filter(({ pid }) => pid === root)
  if (tree.length === 0) throw new Error(`process ${root} has ended`)
  for (const { pid } of tree) tree.push(...all.filter(({ parent }) => parent === pid))
  return tree
}

function readStat(pid: string): Stat[] {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return []
  }
  // the name stands in parentheses and may hold anything
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  // own time and that of ended children, in user and in kernel mode
  const ticks = field(14) + field(15) + field(16) + field(17)
  return [{ pid: Number(pid), parent: field(4), ticks, pages: field(24) }]
}
