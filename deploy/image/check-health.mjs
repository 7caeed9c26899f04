// Exit code 0 when the service in this container answers with success: node check-health.mjs /readyz
const port = process.env.TIDEMARK_HTTP_PORT ?? '8080';
const path = process.argv[2] ?? '/healthz';
const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
  signal: AbortSignal.timeout(4_000),
});
if (!answer.ok) {
  process.stderr.write(`${answer.status} ${await answer.text()}\n`);
  process.exitCode = 1;
}
