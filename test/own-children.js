// Loaded before each test file. The test runner puts loaders of its own into the environment of whatever a test starts;
// but the service, its signer (which allows itself next to nothing) and the commands must run as they run in earnest.
// The runner's list of what it does at each start is kept under a well-known name; from here on it is empty.
const atEachStart = Reflect.get(globalThis, Symbol.for('process-on-spawn@*:singletonId'))

if (atEachStart) atEachStart.listeners = []
// What the runner told this process, and this process would pass on.
delete process.env.NODE_OPTIONS
