import { EventEmitter } from 'node:events'
import t from 'tap'
import { type Connection, People } from '../../src/client/people.ts'
import type { ValidVerdict } from '../../src/client/verdict.ts'

const VERDICT: ValidVerdict = { verdict: 'valid', subject: 'a', validatedAt: new Date(0), expiresAt: new Date(0) }
const KEPT = { verdict: VERDICT, until: 1, provenAt: 0 }

t.test('people are found by certificate and by subject', async (t) => {
  const people = new People(10)
  const [laptop, phone] = [people.admit('laptop', 'a'), people.admit('phone', 'a')]
  people.admit('other', 'b')
  t.equal(people.admit('laptop', 'a'), laptop, 'one certificate, one person')
  t.same(people.withSubject('a'), [laptop, phone])
  t.same(people.withSubject('c'), [])
  t.equal(people.find('phone'), phone)
  t.equal(people.all().length, 3)
})

t.test('a connection is remembered until it closes, and its person as long as there is a reason', async (t) => {
  const people = new People(10)
  const person = people.admit('laptop', 'a')
  const [one, two] = [new Line(), new Line()]
  for (const line of [one, two, one]) t.ok(people.attach(person, line))
  t.equal(one.listenerCount('close'), 1)
  one.destroy()
  t.equal(people.find('laptop'), person)
  person.kept = KEPT
  two.destroy()
  t.equal(people.find('laptop'), person, 'his verdict is kept')
  person.kept = undefined
  const three = new Line()
  people.attach(person, three)
  three.destroy()
  t.equal(people.find('laptop'), undefined)
  t.same(people.withSubject('a'), [])
})

t.test('a connection that has closed while its holder was asked about is not remembered for ever', async (t) => {
  const people = new People(10)
  const person = people.admit('laptop', 'a')
  const line = Object.assign(new Line(), { destroyed: true })
  t.notOk(people.attach(person, line))
  t.equal(person.connections.size, 0)
  t.equal(people.find('laptop'), undefined)
})

t.test('the end of a person ends his connections and nobody else’s', async (t) => {
  const people = new People(10)
  const [mine, other] = [new Line(), new Line()]
  people.attach(people.admit('laptop', 'a'), mine)
  people.attach(people.admit('phone', 'a'), other)
  people.end(people.find('laptop')!)
  t.same([mine.ended, other.ended], [true, false])
  t.same(
    people.withSubject('a').map(({ fingerprint }) => fingerprint),
    ['phone'],
  )
})

t.test('who comes back under another subject is another person, and the first one has ended', async (t) => {
  const people = new People(10)
  const line = new Line()
  people.attach(people.admit('laptop', 'a'), line)
  people.admit('laptop', 'b')
  t.ok(line.ended)
  t.same(people.withSubject('a'), [])
  t.equal(people.find('laptop')?.subject, 'b')
})

t.test('the oldest goes when there is no room, but not who has a connection', async (t) => {
  const people = new People(2)
  people.attach(people.admit('one', 'a'), new Line())
  people.admit('two', 'b')
  people.admit('three', 'c')
  t.same(
    people.all().map(({ fingerprint }) => fingerprint),
    ['one', 'three'],
  )
  t.equal(people.size, 2)
})

t.test('who comes into a full house of connected people is in it: his connection ends with him', async (t) => {
  const people = new People(1)
  people.attach(people.admit('one', 'a'), new Line())
  const line = new Line()
  const newcomer = people.admit('two', 'b')
  people.attach(newcomer, line)
  t.equal(people.find('two'), newcomer)
  people.end(newcomer)
  t.ok(line.ended)
})

t.test('who is forgotten keeps nothing, for nobody would tell him what changed', async (t) => {
  const people = new People(1)
  const one = people.admit('one', 'a')
  one.kept = KEPT
  people.admit('two', 'b')
  t.equal(one.kept, undefined)
})

class Line extends EventEmitter implements Connection {
  ended = false

  destroy(): void {
    this.ended = true
    this.emit('close')
  }
}
