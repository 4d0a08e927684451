/** How long the browser may take to be refused, ms. */
const PATIENCE = 3_000

/**
 * Makes this browser forget, as far as it lets anybody, which certificate it chose for our address.
 *
 * The first request has the service end the connection, so that none lives on which was opened without a certificate:
 * Firefox then looks for one anew. A WebSocket speaks only HTTP/1.1, which this address refuses in the handshake:
 * Chromium takes the refusal for the certificate's fault, and forgets its choice, whether that was one, none or a picker
 * that was closed. It comes last, since a request behind it would ask for the choice. And no other request may be under
 * way: it would be made with the old choice, over a connection that outlives it.
 */
export async function forgetChoice(): Promise<void> {
  await fetch('/evict', { cache: 'no-store' }).catch(() => undefined)
  await refused(new WebSocket(`wss://${location.host}/evict`))
}

function refused(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.addEventListener('close', () => resolve())
    socket.addEventListener('error', () => resolve())
    setTimeout(resolve, PATIENCE)
  })
}
